import { bytes, wrong } from './argument.js';
import { call, value } from './call.js';
import type { DsseOptions, ServerVerification } from './models.js';
import { type NativeReceipt, native } from './native.js';
import { type Report, reportOf } from './report.js';
import { read } from './shape.js';
import { dsseOptions, serverVerification } from './shapes.js';
import { nativeKey, type SigningKey } from './signing-key.js';

let make: (receipt: NativeReceipt) => Receipt;
let inner: (receipt: Receipt) => NativeReceipt;

/** A signed record of what an execution did. One that a client fetched has a verifier; one that was parsed has none, and
 * is judged by a `Verifier`.
 *
 * @example
 * ```ts
 * const receipt = Receipt.parse(await readFile('receipt.json')); // JSON or YAML
 * console.log(receipt.hash.slice(0, 15)); // blake3:45f7bca2
 * const verifier = new Verifier({ trustedKeys: [publicKey], policies: ['require-success'] });
 * console.log(verifier.verifyReceipt(receipt)); // true
 * ```
 */
export class Receipt {
  readonly #native: NativeReceipt;

  private constructor(receipt: NativeReceipt) {
    if (!(receipt instanceof (native.Receipt as unknown as { new (): NativeReceipt }))) {
      throw new TypeError('a receipt is read by Receipt.parse, or fetched by execution.getReceipt');
    }
    this.#native = receipt;
  }

  static {
    make = (receipt) => new Receipt(receipt);
    inner = (receipt) => receipt.#native;
  }

  /** Reads a receipt, in JSON or YAML. */
  static parse(receipt: string | Uint8Array): Receipt {
    return make(value(native.Receipt.parse(bytes('a receipt', receipt))));
  }

  /** Whether it is authentic *and* of a successful run, by keys and policies of this side. Nothing is asked of the
   * network. */
  async verify(): Promise<boolean> {
    return value(this.#native.verify());
  }

  /** The verdict in full: which checks passed, and which policy is not met. */
  report(): Report {
    return reportOf(value(this.#native.report()));
  }

  /** Compact JSON, in the API's rendering. */
  toJson(): string {
    return value(this.#native.toJson());
  }

  /** YAML, in the command-line tool's rendering. */
  toYaml(): string {
    return value(this.#native.toYaml());
  }

  /** `blake3:…` of its canonical bytes. */
  get hash(): string {
    return value(this.#native.hash());
  }

  /** The id of the key that is said to have signed it. It proves nothing. */
  get keyId(): string | undefined {
    return value(this.#native.keyId()) ?? undefined;
  }

  /** The server's own opinion, for a receipt that was fetched. {@link verify} does not look at it. */
  get serverVerification(): ServerVerification | undefined {
    const text = value(this.#native.serverVerification());
    return text === null ? undefined : read<ServerVerification>(serverVerification, text);
  }

  /** The receipt as SLSA provenance for other verifiers, signed by `key`, which must be the one that signed the receipt: one
   * line of JSON, its line break included. The subjects are files of `workspace`, each held against the receipt; they are
   * read on another thread. */
  async toDsse(options: DsseOptions): Promise<string> {
    const { workspace, key, ...given } = dsseOptions.give('toDsse', options) as { workspace: string; key: unknown };
    const signer = nativeKey(key);
    return call(undefined, () => this.#native.toDsse(workspace, signer, JSON.stringify(given)));
  }

  /** What it says, signed by `key`: whatever signature it had is gone, and its verifier too. */
  sign(key: SigningKey): Receipt {
    return make(value(this.#native.sign(nativeKey(key))));
  }
}

/** The receipt that the native module holds. */
export function receiptOf(receipt: NativeReceipt): Receipt {
  return make(receipt);
}

/** What a caller gave to be judged: a receipt that was read, or what is still to be. */
export function judged(receipt: unknown): NativeReceipt | Uint8Array {
  if (receipt instanceof Receipt) {
    return inner(receipt);
  }
  if (typeof receipt === 'object' && !(receipt instanceof Uint8Array)) {
    throw wrong('a receipt', 'a Receipt, or its text or bytes', receipt);
  }
  return bytes('a receipt', receipt);
}

/** The bytes of what a caller gave to be judged. */
export function judgedBytes(receipt: unknown): Uint8Array {
  const given = judged(receipt);
  return given instanceof Uint8Array ? given : value(given.raw());
}

/** The native receipt in a receipt that was read. */
export function nativeReceipt(receipt: unknown): NativeReceipt {
  if (!(receipt instanceof Receipt)) {
    throw wrong('the receipt', 'a Receipt', receipt);
  }
  return inner(receipt);
}
