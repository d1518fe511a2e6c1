import { text, wrong } from './argument.js';
import { value } from './call.js';
import { type NativeKey, native } from './native.js';

let make: (key: NativeKey) => SigningKey;
let inner: (key: SigningKey) => NativeKey;

/** A private Ed25519 key. It is never shown but by {@link toPem}.
 *
 * @example
 * ```ts
 * const key = SigningKey.generate();
 * const signed = receipt.sign(key);
 * console.log(new Verifier({ trustedKeys: [key.publicKey] }).verifyReceipt(signed)); // true
 * ```
 */
export class SigningKey {
  readonly #native: NativeKey;

  private constructor(key: NativeKey) {
    if (!(key instanceof (native.SigningKey as unknown as { new (): NativeKey }))) {
      throw new TypeError('a key is made by SigningKey.generate, or read by SigningKey.fromPem');
    }
    this.#native = key;
  }

  static {
    make = (key) => new SigningKey(key);
    inner = (key) => key.#native;
  }

  /** A new key, from the system's randomness. */
  static generate(): SigningKey {
    return make(value(native.SigningKey.generate()));
  }

  /** Reads PKCS#8 PEM. */
  static fromPem(pem: string): SigningKey {
    return make(value(native.SigningKey.fromPem(text('the PEM of a key', pem))));
  }

  /** PKCS#8 PEM: the secret itself. */
  toPem(): string {
    return value(this.#native.toPem());
  }

  /** `ed25519:<hex>`, its public half. */
  get publicKey(): string {
    return value(this.#native.publicKey());
  }

  /** 32 hex digits. */
  get keyId(): string {
    return value(this.#native.keyId());
  }
}

/** The key that a caller gave. */
export function nativeKey(key: unknown): NativeKey {
  if (!(key instanceof SigningKey)) {
    throw wrong('a key', 'a SigningKey', key);
  }
  return inner(key);
}
