/** Deriving a receipt's hashes again from files, on other threads: the event loop goes on. */

import { bytes } from './argument.js';
import { type CallOptions, call, split } from './call.js';
import { nativeReceipt, type Receipt } from './receipt.js';
import { object, read, required, text } from './shape.js';
import { recomputed } from './shapes.js';

/** What deriving the hashes again gave.
 *
 * @example
 * ```ts
 * const { status, detail }: Recomputed = await recompute(receipt, { workspace: '.' });
 * console.log(status, detail !== null); // failed true
 * ```
 */
export interface Recomputed {
  /** `failed` where something could not be hashed. */
  readonly status: 'match' | 'mismatch' | 'failed';
  /** What differs, or could not be hashed, for people; null where nothing does. */
  readonly detail: string | null;
}

/** Where the files are.
 *
 * @example
 * ```ts
 * const options: RecomputeOptions = { workspace: '.', pipeline: 'version: "1"\nsteps: {build: {run: make}}\n' };
 * console.log((await recompute(receipt, options)).status); // mismatch
 * ```
 */
export interface RecomputeOptions extends CallOptions {
  /** The directory with the source and every output. */
  workspace: string;
  /** The text of the pipeline that ran; without it `attest.yaml` in the workspace is read. */
  pipeline?: string | Uint8Array | undefined;
}

const given = object({ workspace: required('workspace', text) });

/** Derives every hash of a receipt again, and says whether the files at hand are those that the receipt is about. It judges
 * no signature: a `Verifier` does, and takes the answer beside the receipt: `verifier.report(receipt, { recomputed })`. */
export async function recompute(receipt: Receipt, options: RecomputeOptions): Promise<Recomputed> {
  const native = nativeReceipt(receipt);
  const { signal, pipeline, ...rest } = split('the options of recompute', options, ['workspace', 'pipeline', 'signal']);
  const { workspace } = given.give('the options of recompute', rest) as { workspace: string };
  const ran = pipeline === undefined ? undefined : bytes('the pipeline', pipeline);
  return read<Recomputed>(recomputed, await call(signal, (cancel) => native.recompute(workspace, ran, cancel)));
}
