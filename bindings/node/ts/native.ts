/** The native module: found here, described here, and seen by nobody outside this package. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why there is no value: the JSON of a failure. */
export interface Failed {
  readonly err: string;
}

export type Outcome<T> = T | Failed;
export type Later<T> = Promise<Outcome<T>>;

export interface Cancel {
  cancel(): void;
}

type Pulled = Cancel | undefined;

/** What comes piece by piece; null is the end. */
export interface NativeStream {
  next(cancel: Pulled): Later<string | null>;
}

/** Models and options are JSON text in the API's own spelling. */
export interface NativeClient {
  close(): void;
  createPipeline(body: string, cancel: Pulled): Later<string>;
  getPipeline(id: string, cancel: Pulled): Later<string>;
  listPipelines(query: string, cancel: Pulled): Later<string>;
  executePipeline(id: string, body: string, cancel: Pulled): Later<string>;
  bulkExecute(body: string, cancel: Pulled): Later<string>;
  getExecution(id: string, cancel: Pulled): Later<string>;
  cancelExecution(id: string, cancel: Pulled): Later<string>;
  waitForCompletion(id: string, timeoutMs: number | undefined, cancel: Pulled): Later<string>;
  getReceipt(id: string, allowFailed: boolean, cancel: Pulled): Later<NativeReceipt>;
  streamLogs(id: string, filter: string): Outcome<NativeStream>;
  streamEvents(id: string, knownStatus: string | undefined): Outcome<NativeStream>;
  cacheStats(cancel: Pulled): Later<string>;
}

export interface NativeReceipt {
  verify(): Outcome<boolean>;
  report(): Outcome<string>;
  toJson(): Outcome<string>;
  toYaml(): Outcome<string>;
  hash(): Outcome<string>;
  keyId(): Outcome<string | null>;
  serverVerification(): Outcome<string | null>;
  toDsse(workspace: string, key: NativeKey, options: string): Later<string>;
  sign(key: NativeKey): Outcome<NativeReceipt>;
  raw(): Outcome<Uint8Array>;
  recompute(workspace: string, pipeline: Uint8Array | undefined, cancel: Pulled): Later<string>;
}

export interface NativeKey {
  toPem(): Outcome<string>;
  publicKey(): Outcome<string>;
  keyId(): Outcome<string>;
}

export interface NativeVerifier {
  verify(receipt: Uint8Array, evidence: string | undefined): Outcome<boolean>;
  verifyOf(receipt: NativeReceipt, evidence: string | undefined): Outcome<boolean>;
  report(receipt: Uint8Array, evidence: string | undefined): Outcome<string>;
  reportOf(receipt: NativeReceipt, evidence: string | undefined): Outcome<string>;
  verifyBatch(receipts: Uint8Array[], cancel: Pulled): Later<Outcome<string>[]>;
  verifyArtifactFile(receipt: Uint8Array, path: string, cancel: Pulled): Later<string[]>;
  verifyArtifact(receipt: Uint8Array, content: Uint8Array, cancel: Pulled): Later<string[]>;
}

interface Native {
  Cancel: new () => Cancel;
  Client: { open(options: string): Outcome<NativeClient> };
  Receipt: { parse(bytes: Uint8Array): Outcome<NativeReceipt> };
  SigningKey: { generate(): Outcome<NativeKey>; fromPem(pem: string): Outcome<NativeKey> };
  Verifier: { build(options: string): Outcome<NativeVerifier> };
  raiseForStatus(execution: string): Outcome<boolean>;
  hashInputs(workspace: string, run: string, declared: string): Later<string>;
  hashOutputs(workspace: string, declared: string): Later<string>;
  digest(bytes: Uint8Array): Outcome<string>;
  verifyWebhook(payload: Uint8Array, signature: Uint8Array, secret: Uint8Array): Outcome<boolean>;
}

/** Which module this process needs, such as `linux-x64-gnu`. */
function platform(): string {
  const { platform, arch } = process;
  if (platform !== 'linux') {
    return `${platform}-${arch}`;
  }
  return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
}

/** Whether this process runs on musl, by what is mapped into it: `process.report` knows too, and takes a hundred times
 * as long, at every start of a program. */
function isMusl(): boolean {
  try {
    return /\/ld-musl-[^/]*$/m.test(readFileSync('/proc/self/maps', 'utf8'));
  } catch {
    return false;
  }
}

/** A module that was built beside this package wins over an installed one: it is of the same sources. */
function load(): Native {
  const name = platform();
  const built = join(__dirname, '..', 'native', `attest.${name}.node`);
  const wanted = existsSync(built) ? built : `@attest/sdk-${name}`;
  try {
    return require(wanted) as Native;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') {
      throw new Error(`@attest/sdk cannot load its native module ${wanted}: ${String(cause)}`, { cause });
    }
    throw new Error(
      `@attest/sdk needs the package ${wanted} here, and it is not installed: install @attest/sdk again on this ` +
        'machine, with optional dependencies (no --omit=optional); if there is no such package for this platform, ' +
        'install @attest/sdk from a checkout of its sources, with a Rust toolchain at hand',
      { cause },
    );
  }
}

export const native = load();
