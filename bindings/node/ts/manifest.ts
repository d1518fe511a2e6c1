/** Hashing what a step reads and writes. Files are read on other threads: the event loop goes on. */

import { bytes } from './argument.js';
import { call, value } from './call.js';
import type { ManifestHash } from './models.js';
import { native } from './native.js';
import { list, object, read, required, text } from './shape.js';
import { manifestHash } from './shapes.js';

const outputs = object({ workspace: required('workspace', text), declared: required('declared', list(text)) });
const inputs = object({
  workspace: required('workspace', text),
  run: required('run', text),
  declared: required('declared', list(text)),
});

interface Given {
  workspace: string;
  run: string;
  declared: string[];
}

/** What a step writes.
 *
 * @example
 * ```ts
 * const step: OutputsToHash = { workspace: '.', declared: ['receipt.json'] };
 * const { digest: outputHash } = await hashOutputs(step);
 * console.log(outputHash.startsWith('blake3:')); // true
 * ```
 */
export interface OutputsToHash {
  /** The directory that paths are relative to. */
  workspace: string;
  /** Files and directories. */
  declared: readonly string[];
}

/** What a step reads.
 *
 * @example
 * ```ts
 * const step: InputsToHash = { workspace: '.', run: 'wc receipt.json', declared: ['receipt.json'] };
 * const { text } = await hashInputs(step);
 * console.log(text.split('\n')[0]); // attest-manifest/v1
 * ```
 */
export interface InputsToHash extends OutputsToHash {
  /** The step's command. */
  run: string;
}

/** The input manifest of a step. */
export async function hashInputs(step: InputsToHash): Promise<ManifestHash> {
  const { workspace, run, declared } = inputs.give('hashInputs', step) as Given;
  return read<ManifestHash>(
    manifestHash,
    await call(undefined, () => native.hashInputs(workspace, run, JSON.stringify(declared))),
  );
}

/** The output manifest of a step. */
export async function hashOutputs(step: OutputsToHash): Promise<ManifestHash> {
  const { workspace, declared } = outputs.give('hashOutputs', step) as Given;
  return read<ManifestHash>(
    manifestHash,
    await call(undefined, () => native.hashOutputs(workspace, JSON.stringify(declared))),
  );
}

/** `blake3:…` of bytes, or of text in UTF-8. It is done at once: a gigabyte takes about half a second. */
export function digest(data: string | Uint8Array): string {
  return value(native.digest(bytes('the data', data)));
}
