import { read } from './shape.js';
import { report } from './shapes.js';

/** One check and its result. */
export interface Check {
  readonly name: string;
  /** What was skipped satisfies nothing. */
  readonly status: 'pass' | 'fail' | 'skipped';
  /** A stable word. */
  readonly code: string;
  /** The same for people. */
  readonly detail: string;
}

/** A policy that is not met. */
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

/** The verdict on one receipt. */
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
