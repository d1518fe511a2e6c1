import { bytes, list, text } from './argument.js';
import { type CallOptions, call, signalOf, value } from './call.js';
import { errorOf, type Failure, type ReceiptFormatError } from './errors.js';
import { type Evidence, evidenceOf } from './evidence.js';
import type { VerifierOptions } from './models.js';
import { type NativeReceipt, type NativeVerifier, native } from './native.js';
import { judged, judgedBytes, type Receipt } from './receipt.js';
import { type ArtifactReport, artifactReportOf, type BatchResult, type Report, reportOf } from './report.js';
import { json } from './shape.js';
import { verifierOptions } from './shapes.js';

/** Judges receipts, without any client or network. Made once, used many times.
 *
 * @example
 * ```ts
 * const verifier = new Verifier({ trustedKeys: [publicKey], policies: ['require-success'] });
 * console.log(verifier.verifyReceipt(await readFile('receipt.json'))); // true
 * ```
 */
export class Verifier {
  readonly #native: NativeVerifier;

  constructor(options: VerifierOptions = {}) {
    this.#native = value(native.Verifier.build(json(verifierOptions, "the verifier's options", options)));
  }

  /** Whether the receipt passes everything asked. What cannot be read at all is an error, not a verdict. */
  verifyReceipt(receipt: Receipt | string | Uint8Array, evidence?: Evidence): boolean {
    const given = judged(receipt);
    const found = evidenceOf(evidence);
    return value(isBytes(given) ? this.#native.verify(given, found) : this.#native.verifyOf(given, found));
  }

  /** The verdict in full. */
  report(receipt: Receipt | string | Uint8Array, evidence?: Evidence): Report {
    const given = judged(receipt);
    const found = evidenceOf(evidence);
    return reportOf(value(isBytes(given) ? this.#native.report(given, found) : this.#native.reportOf(given, found)));
  }

  /** The verdicts on many receipts, in their order, on all cores, beside the event loop. Each is the verdict that
   * {@link report} gives alone. Bytes nothing can be said about are an `error` in their place. */
  async verifyBatch(
    receipts: readonly (Receipt | string | Uint8Array)[],
    options?: CallOptions,
  ): Promise<BatchResult[]> {
    const signal = signalOf('the options of verifyBatch', options);
    const given = list('the receipts', receipts).map(judgedBytes);
    const all = await call(signal, (cancel) => this.#native.verifyBatch(given, cancel));
    return all.map((one) =>
      typeof one === 'string'
        ? { report: reportOf(one) }
        : { error: errorOf(JSON.parse(one.err) as Failure) as ReceiptFormatError },
    );
  }

  /** Judges a receipt, and whether it attests a file, by its content, whatever it is called now. A string is a path, whose
   * links are followed; bytes are the content itself. A directory, a FIFO or a file that changes meanwhile is an error. */
  async verifyArtifact(
    receipt: Receipt | string | Uint8Array,
    artifact: string | Uint8Array,
    options?: CallOptions,
  ): Promise<ArtifactReport> {
    const signal = signalOf('the options of verifyArtifact', options);
    const given = judgedBytes(receipt);
    if (typeof artifact === 'string') {
      const path = text('the artifact', artifact);
      return artifactReportOf(await call(signal, (cancel) => this.#native.verifyArtifactFile(given, path, cancel)));
    }
    const content = bytes('the artifact', artifact);
    return artifactReportOf(await call(signal, (cancel) => this.#native.verifyArtifact(given, content, cancel)));
  }
}

function isBytes(given: NativeReceipt | Uint8Array): given is Uint8Array {
  return given instanceof Uint8Array;
}
