import { value } from './call.js';
import type { VerifierOptions } from './models.js';
import { type NativeReceipt, type NativeVerifier, native } from './native.js';
import { judged, type Receipt } from './receipt.js';
import { type Report, reportOf } from './report.js';
import { json } from './shape.js';
import { verifierOptions } from './shapes.js';

/** Judges receipts, without any client or network. Made once, used many times. */
export class Verifier {
  readonly #native: NativeVerifier;

  constructor(options: VerifierOptions = {}) {
    this.#native = value(native.Verifier.build(json(verifierOptions, "the verifier's options", options)));
  }

  /** Whether the receipt passes everything asked. What cannot be read at all is an error, not a verdict. */
  verifyReceipt(receipt: Receipt | string | Uint8Array): boolean {
    const given = judged(receipt);
    return value(isBytes(given) ? this.#native.verify(given) : this.#native.verifyOf(given));
  }

  /** The verdict in full. */
  report(receipt: Receipt | string | Uint8Array): Report {
    const given = judged(receipt);
    return reportOf(value(isBytes(given) ? this.#native.report(given) : this.#native.reportOf(given)));
  }
}

function isBytes(given: NativeReceipt | Uint8Array): given is Uint8Array {
  return given instanceof Uint8Array;
}
