import type { ReceiptFormatError } from './errors.js';
import { read } from './shape.js';
import { artifactVerdict, report } from './shapes.js';

/** One check and its result.
 *
 * @example
 * ```ts
 * const failed: Check | undefined = new Verifier().report(receipt).checks.find((check) => check.status === 'fail');
 * console.log(failed?.name, failed?.code); // trust no_trusted_keys
 * ```
 */
export interface Check {
  readonly name: string;
  /** What was skipped satisfies nothing. */
  readonly status: 'pass' | 'fail' | 'skipped';
  /** A stable word. */
  readonly code: string;
  /** The same for people. */
  readonly detail: string;
}

/** A policy that is not met.
 *
 * @example
 * ```ts
 * const { policyCompliance } = new Verifier({ trustedKeys: [publicKey], policies: ['step:deploy'] }).report(receipt);
 * const [violation]: readonly Violation[] = policyCompliance.violations;
 * console.log(violation?.policy, violation?.code); // step:deploy step_missing
 * ```
 */
export interface Violation {
  readonly policy: string;
  /** A stable word. */
  readonly code: string;
  /** The same for people. */
  readonly message: string;
  readonly step?: string;
  readonly expected?: string;
  readonly found?: string;
}

/** What a report says. */
type Verdict = {
  readonly [K in keyof Report as Report[K] extends (...args: never[]) => unknown ? never : K]: Report[K];
};

let make: (text: string) => Report;

/** The verdict on one receipt.
 *
 * @example
 * ```ts
 * const report: Report = verifier.report(receipt);
 * for (const { name, status, detail } of report.checks.filter((check) => check.status === 'fail')) {
 *   console.log(name, status, detail);
 * }
 * console.log(report.valid, report.execution.outcome); // true success
 * ```
 */
export class Report {
  /** True only if nothing failed and every policy is met. */
  declare readonly valid: boolean;
  /** Every check, always all of them, in their order. */
  declare readonly checks: readonly Check[];
  /** Who signed. */
  declare readonly signatureVerification: {
    /** Whether the signature verifies under the key in the receipt. */
    readonly valid: boolean;
    /** The identity of that key, where the verifier was told one. */
    readonly signer: string | null;
    readonly keyId: string | null;
    readonly algorithm: string;
    /** Whether the key is trusted, for this receipt, now. */
    readonly trusted: boolean;
  };
  declare readonly policyCompliance: {
    readonly passed: boolean;
    /** Every policy that was asked, in order. */
    readonly evaluated: readonly string[];
    readonly violations: readonly Violation[];
  };
  declare readonly timestampCheck: {
    readonly valid: boolean;
    readonly ageHours: number | null;
    /** Whose word it is. */
    readonly source: string;
  };
  /** `blake3:…` of the canonical bytes; null where the structure is wrong. */
  declare readonly receiptHash: string | null;
  /** How the run ended, by the receipt. */
  declare readonly execution: {
    readonly outcome: 'success' | 'failure' | 'incomplete' | 'unknown';
    readonly failedSteps: readonly string[];
  };
  /** Where the trusted keys come from. */
  declare readonly trustMaterial: {
    readonly state: 'given' | 'store' | 'fetched_from_server' | 'none';
    readonly asOf: string | null;
  };
  /** What is not wrong and should be known. */
  declare readonly warnings: readonly { readonly code: string }[];

  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
    Object.assign(this, read<Verdict>(report, text));
  }

  static {
    make = (text) => new Report(text);
  }

  /** The report as the core wrote it, with the API's names: the same bytes in every language. */
  toJson(): string {
    return this.#text;
  }
}

/** The report in some JSON of the native module. */
export function reportOf(text: string): Report {
  return make(text);
}

/** What became of one receipt of a batch: a report, or, for bytes nothing can be said about, the error why there is none.
 *
 * @example
 * ```ts
 * const results: BatchResult[] = await verifier.verifyBatch([receipt, '}']);
 * for (const { report, error } of results) {
 *   console.log(report?.valid ?? error?.name);
 * }
 * ```
 */
export type BatchResult =
  | { readonly report: Report; readonly error?: never }
  | { readonly error: ReceiptFormatError; readonly report?: never };

/** An output of a run.
 *
 * @example
 * ```ts
 * const { attested } = await verifier.verifyArtifact(receipt, Buffer.from('echo hello, world\n'));
 * const [file]: readonly AttestedFile[] = attested;
 * console.log(file?.step, file?.path); // build out/hello
 * ```
 */
export interface AttestedFile {
  /** The step that wrote it. */
  readonly step: string;
  /** Where in the workspace. A file at hand may be called otherwise. */
  readonly path: string;
}

/** The verdict on a receipt and a file together.
 *
 * @example
 * ```ts
 * const verdict: ArtifactReport = await verifier.verifyArtifact(receipt, Buffer.from('echo bye\n'));
 * console.log(verdict.valid, verdict.report.checks.find((check) => check.name === 'artifacts')?.code); // false file_not_attested
 * ```
 */
export interface ArtifactReport {
  /** True only if the receipt passes everything asked of it, *and* it attests the file. */
  readonly valid: boolean;
  /** `blake3:…` of the file's content. */
  readonly digest: string;
  /** Which outputs of the run have this content; none where the file is not attested. */
  readonly attested: readonly AttestedFile[];
  /** The verdict on the receipt; its check `artifacts` is about the file. */
  readonly report: Report;
}

/** The verdict in the two texts of the native module. */
export function artifactReportOf(parts: readonly string[]): ArtifactReport {
  const [verdict = '', text = ''] = parts;
  return { ...read<Omit<ArtifactReport, 'report'>>(artifactVerdict, verdict), report: reportOf(text) };
}
