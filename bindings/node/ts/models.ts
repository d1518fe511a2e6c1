/** What the API's answers are made of, and what callers give. What is null is not known yet; what is absent was not said.
 * Times are RFC 3339 text, in UTC. */

import type { SigningKey } from './signing-key.js';

/** A set of words to which the server may add. */
type Open<T extends string> = T | (string & {});

/** Whether a pipeline may still be executed.
 *
 * @example
 * ```ts
 * const status: PipelineStatus = pipeline.status;
 * console.log(status === 'active'); // true
 * ```
 */
export type PipelineStatus = Open<'active' | 'archived'>;

/** Where an execution is in its life; the last three are its end.
 *
 * @example
 * ```ts
 * const over = (status: ExecutionStatus) => ['completed', 'failed', 'cancelled'].includes(status);
 * console.log(over(execution.status), over('of a newer server')); // true false
 * ```
 */
export type ExecutionStatus = Open<'queued' | 'running' | 'completed' | 'failed' | 'cancelled'>;

/** Where a step is in its life.
 *
 * @example
 * ```ts
 * const wentWrong = (status: StepStatus) => status === 'failed' || status === 'timed_out';
 * console.log(execution.steps.some((step) => wentWrong(step.status))); // false
 * ```
 */
export type StepStatus = Open<'pending' | 'running' | 'completed' | 'failed' | 'timed_out' | 'skipped' | 'cancelled'>;

/** How a line is classed: `info` is from standard output, `warning` from the engine, `error` from standard error.
 *
 * @example
 * ```ts
 * const colours: Record<string, string> = { warning: 'yellow', error: 'red' };
 * const colour = (level: LogLevel) => colours[level] ?? 'none';
 * console.log(colour('error'), colour('info')); // red none
 * ```
 */
export type LogLevel = Open<'info' | 'warning' | 'error'>;

/** Which stream of a step a line was written to.
 *
 * @example
 * ```ts
 * const stream: LogStream = 'stderr';
 * for await (const line of execution.streamLogs({ stream })) {
 *   throw new Error(`it wrote ${line.message} to standard error`);
 * }
 * ```
 */
export type LogStream = Open<'stdout' | 'stderr'>;

/** One step of a {@link Config}.
 *
 * @example
 * ```ts
 * const test: Step = { name: 'test', run: 'make test', inputs: ['src/'], needs: ['build'], timeoutSecs: 600 };
 * ```
 */
export interface Step {
  /** Unique in its pipeline: `[A-Za-z0-9_.-]{1,64}`. */
  name: string;
  /** The command, run by `sh -c`. */
  run: string;
  /** Files and directories it reads, relative to the workspace. */
  inputs?: readonly string[] | undefined;
  /** Files and directories it must write, relative to the workspace. */
  outputs?: readonly string[] | undefined;
  /** Steps that have to complete first. */
  needs?: readonly string[] | undefined;
  /** Environment of this step, over the pipeline's. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Where the command runs, relative to the workspace. */
  workingDir?: string | undefined;
  /** Seconds after which it is ended with exit code 124. */
  timeoutSecs?: number | undefined;
  /** Whether its result may be stored and taken from the cache; true where absent. */
  cache?: boolean | undefined;
  /** Whether it may use the network. */
  network?: boolean | undefined;
  /** Whether it sees its declared inputs alone. */
  strictInputs?: boolean | undefined;
  /** Of the command-line tool; refused where it asks for anything. */
  image?: unknown;
  /** Of the command-line tool; refused where it asks for anything. */
  capsule?: unknown;
  /** Of the command-line tool; refused where it differs from its defaults. */
  attestation?: unknown;
}

/** What a pipeline runs.
 *
 * @example
 * ```ts
 * const config: Config = {
 *   version: '0.1',
 *   strictInputs: true, // a step sees what it declares, and nothing else
 *   steps: [
 *     { name: 'build', run: 'make app', inputs: ['src/'], outputs: ['app'] },
 *     { name: 'test', run: './app --check', inputs: ['app'], needs: ['build'] },
 *   ],
 * };
 * ```
 */
export interface Config {
  /** The version its author gave; any non-empty text. */
  version: string;
  /** The steps; what runs first is said by `needs` alone. */
  steps: readonly Step[];
  /** Environment of every step. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Whether steps may use the network; a step's own value wins. */
  network?: boolean | undefined;
  /** Whether steps see their declared inputs alone; a step's own value wins. */
  strictInputs?: boolean | undefined;
  /** Of the command-line tool; refused where it differs from its defaults. */
  attestation?: unknown;
}

/** A pipeline to create.
 *
 * @example
 * ```ts
 * const wanted: CreatePipeline = {
 *   name: 'greeting',
 *   description: 'Greets whoever reads its log',
 *   config: { version: '0.1', steps: [{ name: 'greet', run: 'echo hello' }] },
 * };
 * console.log((await client.pipelines.create(wanted)).description); // Greets whoever reads its log
 * ```
 */
export interface CreatePipeline {
  /** Names need not be unique. */
  name: string;
  description?: string | undefined;
  config: Config;
}

/** Which pipelines are wanted; all where nothing is set.
 *
 * @example
 * ```ts
 * const query: PipelineQuery = { name: 'greeting', status: 'active', limit: 1 };
 * console.log((await client.pipelines.list(query)).pipelines[0]?.name); // greeting
 * ```
 */
export interface PipelineQuery {
  /** Of exactly this name. */
  name?: string | undefined;
  status?: PipelineStatus | undefined;
  /** How many on a page. */
  limit?: number | undefined;
  offset?: number | undefined;
  sort?: string | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/** Signing, checking, caching: what is left out is not sent, and then true.
 *
 * @example
 * ```ts
 * const options: RunOptions = { cache: false };
 * const execution = await (await pipeline.execute({ options })).waitForCompletion();
 * console.log(execution.steps.some((step) => step.cacheHit)); // false
 * ```
 */
export interface RunOptions {
  /** Whether the receipt is signed. */
  sign?: boolean | undefined;
  /** Whether the server checks signature and outputs again before it stores the receipt. */
  verify?: boolean | undefined;
  /** Whether step results may come from the cache, and be kept in it. */
  cache?: boolean | undefined;
}

/** Where a source comes from, in the caller's words.
 *
 * @example
 * ```ts
 * const sourceInfo: SourceInfo = { commit: '5be1c9f8a0d4e7b2c3f6a19885d0e4b7c2a3f6d1', trackedDirty: false };
 * await pipeline.execute({ sourceInfo });
 * ```
 */
export interface SourceInfo {
  repository?: string | undefined;
  commit?: string | undefined;
  branch?: string | undefined;
  trackedDirty?: boolean | undefined;
}

/** Options of an execution.
 *
 * @example
 * ```ts
 * const options: ExecuteOptions = { environment: 'production', variables: { VERSION: '1.4.0' } };
 * await pipeline.execute(options);
 * ```
 */
export interface ExecuteOptions {
  /** Name of the environment, `ATTEST_ENVIRONMENT` to the steps. */
  environment?: string | undefined;
  /** Environment variables of every step. They are attested and public: never secrets. */
  variables?: Readonly<Record<string, string>> | undefined;
  options?: RunOptions | undefined;
  /** An uploaded source, `tree:blake3:…`; the server's own where absent. */
  source?: string | undefined;
  sourceInfo?: SourceInfo | undefined;
  /** The version of the pipeline; the newest where absent. */
  version?: number | undefined;
}

/** One of many executions to start.
 *
 * @example
 * ```ts
 * const items: BulkItem[] = [{ pipelineId: pipeline.id }, { pipelineId: pipeline.id, environment: 'staging' }];
 * console.log((await client.pipelines.bulkExecute(items)).length); // 2
 * ```
 */
export interface BulkItem extends ExecuteOptions {
  pipelineId: string;
}

/** A step of an execution.
 *
 * @example
 * ```ts
 * for (const step of execution.steps) {
 *   console.log(step.name, step.status, step.exitCode); // greet completed 0
 * }
 * ```
 */
export interface ExecutionStep {
  readonly name: string;
  readonly status: StepStatus;
  /** 124 timeout, 125 failed by the engine, 128+n signal n. */
  readonly exitCode: number | null;
  /** Seconds it ran. */
  readonly durationSeconds: number | null;
  /** The same. */
  readonly duration: number | null;
  /** Whether its result came from the cache. */
  readonly cacheHit: boolean;
  readonly startedAt?: string;
  readonly completedAt?: string;
  /** `blake3:…` of its input manifest. */
  readonly inputHash?: string;
  /** `blake3:…` of its output manifest. */
  readonly outputHash?: string;
}

/** Why an execution failed.
 *
 * @example
 * ```ts
 * function why({ failure }: Execution): string {
 *   return failure === undefined ? 'it did not fail' : `${failure.step ?? 'the execution'}: ${failure.message}`;
 * }
 * console.log(why(execution)); // it did not fail
 * ```
 */
export interface Failure {
  /** The step that failed first, where it was a step. */
  readonly step: string | null;
  /** A stable word, such as `exit_code`, `timeout`, `missing_output`, `worker_lost`. */
  readonly reason: string;
  readonly message: string;
}

/** A change of an execution.
 *
 * @example
 * ```ts
 * function line(event: ExecutionEvent): string {
 *   return event.event === 'status_changed' ? `it is ${event.status}` : `${event.step.name} is ${event.step.status}`;
 * }
 * console.log(line({ event: 'status_changed', status: 'running' })); // it is running
 * ```
 */
export type ExecutionEvent =
  | { readonly event: 'status_changed'; readonly status: ExecutionStatus }
  | { readonly event: 'step_started'; readonly step: ExecutionStep }
  | { readonly event: 'step_completed'; readonly step: ExecutionStep };

/** One line of a log. It may hold control characters: escape it before a terminal sees it.
 *
 * @example
 * ```ts
 * for await (const { step, message } of execution.streamLogs()) {
 *   console.log(step, JSON.stringify(message)); // greet "hello"
 * }
 * ```
 */
export interface LogEntry {
  readonly timestamp: string;
  readonly step: string;
  readonly level: LogLevel;
  readonly message: string;
  /** Its position in the execution's log: strictly growing. */
  readonly seq: number;
  readonly stream?: LogStream;
}

/** Which lines are wanted.
 *
 * @example
 * ```ts
 * const filter: LogFilter = { step: 'greet', after: 1 };
 * for await (const line of execution.streamLogs(filter)) {
 *   throw new Error(`there is no second line, but ${line.message}`);
 * }
 * ```
 */
export interface LogFilter {
  step?: string | undefined;
  level?: LogLevel | undefined;
  stream?: LogStream | undefined;
  /** After the line whose `seq` is this. */
  after?: number | undefined;
}

/** One tier of the cache.
 *
 * @example
 * ```ts
 * const { backends } = await client.cache.getStats();
 * for (const [tier, { entries, hitRate }] of Object.entries(backends)) {
 *   console.log(`${tier}: ${entries} objects, ${100 * hitRate} % hits`);
 * }
 * ```
 */
export interface CacheBackend {
  readonly sizeBytes: number;
  readonly entries: number;
  readonly hitRate: number;
}

/** Figures of the cache.
 *
 * @example
 * ```ts
 * const stats: CacheStats = await client.cache.getStats();
 * console.log(`${stats.totalEntries} objects of ${stats.totalSizeBytes} bytes`);
 * ```
 */
export interface CacheStats {
  readonly totalSizeBytes: number;
  readonly totalEntries: number;
  /** Of the steps that were looked up, the part that was found, from 0 to 1. */
  readonly hitRate: number;
  readonly missRate: number;
  /** One entry per tier, by its name. */
  readonly backends: Readonly<Record<string, CacheBackend>>;
}

/** A public key that is trusted, with the identity it stands for.
 *
 * @example
 * ```ts
 * const ci: TrustedKey = { publicKey, signer: 'ci-system@company.com' };
 * const { signatureVerification } = new Verifier({ trustedKeys: [ci] }).report(receipt);
 * console.log(signatureVerification.signer); // ci-system@company.com
 * ```
 */
export interface TrustedKey {
  /** `ed25519:<hex>`, bare hex, or PEM. */
  publicKey: string;
  /** Such as `ci-system@company.com`. */
  signer?: string | undefined;
}

/** What a receipt must be of. A member that is there has a value: undefined or null is a `TypeError`, for the expectation
 * would vanish with it.
 *
 * @example
 * ```ts
 * const expect: Expect = { invocationId: 'exec_other' };
 * console.log(new Verifier({ trustedKeys: [publicKey], expect }).verifyReceipt(receipt)); // false
 * ```
 */
export interface Expect {
  /** The id of the execution. */
  invocationId?: string;
  /** `blake3:…` */
  pipelineHash?: string;
  commit?: string;
  /** Path to digest. */
  artifacts?: Readonly<Record<string, string>>;
}

/** What a verifier judges by. No policy is asked that is not named here. What is there of `trustedKeys`, `policies` and
 * `expect` has a value: undefined or null is a `TypeError`, not the same as leaving it out.
 *
 * @example
 * ```ts
 * const options: VerifierOptions = { trustedKeys: [publicKey], policies: ['max-age-24h'], now: '2026-02-01T00:00:00Z' };
 * console.log(new Verifier(options).verifyReceipt(receipt)); // true
 * ```
 */
export interface VerifierOptions {
  /** An empty list trusts nothing. */
  trustedKeys?: readonly (string | TrustedKey)[];
  /** The folder of a trust store, in the place of keys. */
  trustStore?: string | undefined;
  policies?: readonly string[];
  expect?: Expect;
  /** The moment to judge by; the clock at each verification where absent. */
  now?: string | Date | undefined;
  /** Whether to believe the receipt's own time. */
  trustReceiptTimestamp?: boolean | undefined;
}

/** What an exported receipt is about, who signs it, and how it is written.
 *
 * @example
 * ```ts
 * const options: DsseOptions = { workspace: '.', key: SigningKey.generate(), format: 'sigstore' };
 * // Only the key that signed a receipt exports it.
 * await receipt.toDsse(options).catch((error) => console.log(error.name)); // ConfigError
 * ```
 */
export interface DsseOptions {
  /** The directory with the run's outputs. */
  workspace: string;
  /** The key that signed the receipt. */
  key: SigningKey;
  /** Paths of the workspace; the files of every step whose outputs no other step builds on where there are none. */
  subjects?: readonly string[] | undefined;
  /** A URI; a URN that vouches for nobody where absent. */
  builderId?: string;
  /** A DSSE envelope, which is the default, or that in a sigstore bundle. */
  format?: 'intoto' | 'sigstore' | undefined;
}

/** What a client is made of. What is absent comes from `ATTEST_BASE_URL`, and `ATTEST_API_KEY` or `ATTEST_TOKEN`.
 *
 * @example
 * ```ts
 * const options: ClientOptions = {
 *   baseUrl: 'https://attest.example.com',
 *   apiKey: 'attest_key_1',
 *   trustedKeys: [publicKey],
 *   attemptTimeoutMs: 120_000,
 * };
 * new AttestClient(options).close();
 * ```
 */
export interface ClientOptions {
  /** Where the server is. There is no default: nobody's key travels to a host that its owner did not name. */
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  token?: string | undefined;
  /** No credential at all, not even from the environment. */
  anonymous?: boolean | undefined;
  /** Allows `http:` to another machine. */
  allowInsecureHttp?: boolean | undefined;
  connectTimeoutMs?: number | undefined;
  attemptTimeoutMs?: number | undefined;
  idleTimeoutMs?: number | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  userAgentSuffix?: string | undefined;
  /** PEM, beside the system's. */
  caBundle?: string | undefined;
  proxy?: string | undefined;
  /** Whose receipts are valid; an empty list trusts nothing, and where absent the keys that the server publishes. Undefined
   * is a `TypeError`: nobody's keys are given up by a variable that is not set. */
  trustedKeys?: readonly (string | TrustedKey)[];
  /** Asked of every receipt, beside that its run succeeded. Undefined is a `TypeError`. */
  policies?: readonly string[];
}

/** A manifest's digest, and the text that it is of.
 *
 * @example
 * ```ts
 * const { digest: hash, text }: ManifestHash = await hashOutputs({ workspace: '.', declared: [] });
 * console.log(hash === digest(text)); // true
 * ```
 */
export interface ManifestHash {
  /** `blake3:…` */
  readonly digest: string;
  readonly text: string;
}

/** The server's own opinion of a receipt. Nothing here believes it.
 *
 * @example
 * ```ts
 * const opinion: ServerVerification | undefined = (await execution.getReceipt()).serverVerification;
 * console.log(opinion?.chainOfTrust); // verified
 * ```
 */
export interface ServerVerification {
  readonly signatureValid: boolean;
  readonly timestampValid: boolean;
  readonly chainOfTrust: string;
}
