import type { Recomputed } from './recompute.js';
import { json } from './shape.js';
import { evidence } from './shapes.js';

/** What a receipt is held against, beside what it says itself. It is believed, so find it out where you verify. What is
 * there has a value: undefined or null is a `TypeError`, not the same as leaving it out.
 *
 * @example
 * ```ts
 * const evidence: Evidence = {
 *   recomputed: await recompute(receipt, { workspace: '.' }),
 *   files: { hello: digest('echo hello, world\n') },
 * };
 * const [artifacts, recomputed] = verifier.report(receipt, evidence).checks.slice(-2);
 * // Here is no attest.yaml, whose hash the receipt has.
 * console.log(artifacts?.code, recomputed?.code); // ok recompute_failed
 * ```
 */
export interface Evidence {
  /** What `recompute` gave for this very receipt: a match meets `require-recompute`, and anything else is never valid. */
  recomputed?: Recomputed;
  /** Files at hand, each of which the receipt has to attest: what to call it in the report, and the `digest` of its content.
   * `verifyArtifact` hashes a file by itself. */
  files?: Readonly<Record<string, string>>;
}

/** The JSON of what a caller gave; undefined where nothing was. */
export function evidenceOf(given: Evidence | undefined): string | undefined {
  return given === undefined ? undefined : json(evidence, 'the evidence', given);
}
