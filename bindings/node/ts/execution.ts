import * as argument from './argument.js';
import { type CallOptions, call, signalOf, split, value } from './call.js';
import { type APIError, errorOf, WaitTimeoutError } from './errors.js';
import type { ExecutionEvent, ExecutionStatus, ExecutionStep, Failure, LogEntry, LogFilter } from './models.js';
import { type NativeClient, native } from './native.js';
import { Pieces } from './pieces.js';
import { type Receipt, receiptOf } from './receipt.js';
import { json, read } from './shape.js';
import { execution, executionEvent, logEntry, logFilter } from './shapes.js';
import { type EventName, type ExecutionListeners, Watch } from './watch.js';

/** How long a wait may take.
 *
 * @example
 * ```ts
 * const options: WaitOptions = { timeoutMs: 300_000, signal: AbortSignal.timeout(600_000) };
 * console.log((await execution.waitForCompletion(options)).status); // completed
 * ```
 */
export interface WaitOptions extends CallOptions {
  /** Milliseconds; without, for as long as it takes. When they are over, nothing is cancelled. */
  timeoutMs?: number | undefined;
}

/** How a receipt is fetched.
 *
 * @example
 * ```ts
 * // For an archive of red runs as well: authentic is enough.
 * const options: ReceiptOptions = { allowFailed: true };
 * const { valid, execution: run } = (await execution.getReceipt(options)).report();
 * console.log(valid, run.outcome); // true success
 * ```
 */
export interface ReceiptOptions extends CallOptions {
  /** Whether the receipt of a failed run may be valid. By default it is not: a red build must never pass a gate. */
  allowFailed?: boolean | undefined;
}

/** Which lines are wanted, and what ends the waiting for them.
 *
 * @example
 * ```ts
 * const options: LogOptions = { stream: 'stdout', signal: AbortSignal.timeout(60_000) };
 * for await (const line of execution.streamLogs(options)) {
 *   console.log(`[${line.step}] ${line.message}`); // [greet] hello
 * }
 * ```
 */
export interface LogOptions extends LogFilter, CallOptions {}

/** What an execution says of itself. */
type State = {
  readonly [K in keyof Execution as Execution[K] extends (...args: never[]) => unknown ? never : K]: Execution[K];
};

let make: (client: NativeClient, text: string) => Execution;

/** One run of a pipeline, as the server last described it. {@link refresh}, {@link waitForCompletion} and {@link cancel}
 * bring its fields up to date and resolve to it.
 *
 * @example
 * ```ts
 * const execution = await pipeline.execute({ environment: 'staging', options: { cache: false } });
 * for await (const line of execution.streamLogs()) {
 *   console.log(`[${line.step}] ${line.message}`); // [greet] hello
 * }
 * (await execution.waitForCompletion()).raiseForStatus();
 * console.log(await (await execution.getReceipt()).verify()); // true
 * ```
 */
export class Execution {
  /** `exec_…`, opaque. */
  declare readonly id: string;
  declare readonly pipelineId: string;
  declare readonly status: ExecutionStatus;
  /** That of its first failing step; 125 where none failed but the execution did; null while it runs and when cancelled. */
  declare readonly exitCode: number | null;
  declare readonly startedAt: string | null;
  declare readonly completedAt: string | null;
  /** Seconds from beginning to end. */
  declare readonly durationSeconds: number | null;
  /** In the order of the pipeline. */
  declare readonly steps: readonly ExecutionStep[];
  declare readonly environment?: string;
  declare readonly createdAt?: string;
  declare readonly pipelineVersion?: number;
  /** `blake3:…` of the effective pipeline. */
  declare readonly pipelineHash?: string;
  /** `blake3:…` of the receipt, once there is one. */
  declare readonly receiptHash?: string;
  /** Why it failed, where it did. */
  declare readonly failure?: Failure;

  readonly #client: NativeClient;
  readonly #watch: Watch;
  #text = '';

  private constructor(client: NativeClient, text: string) {
    this.#client = client;
    this.#now(text);
    const { id, status } = this;
    this.#watch = new Watch(id, status, (known) => value(client.streamEvents(id, known)));
  }

  static {
    make = (client, text) => new Execution(client, text);
  }

  /** Calls `listener` at each such change from now on, and at what is over already, each once and in order. Listening
   * starts a watch, which keeps the process alive until the execution is over or {@link off} took the last listener away.
   * A listener that throws is reported by `process.emitWarning` and stops nobody. */
  on<E extends EventName>(event: E, listener: ExecutionListeners[E]): this {
    this.#watch.add(event, listener, false);
    return this;
  }

  /** As {@link on}, for the first such change alone, also where it is over already. */
  once<E extends EventName>(event: E, listener: ExecutionListeners[E]): this {
    this.#watch.add(event, listener, true);
    return this;
  }

  /** Takes a listener away. */
  off<E extends EventName>(event: E, listener: ExecutionListeners[E]): this {
    this.#watch.remove(event, listener);
    return this;
  }

  /** Waits until it is over and every listener was told. A failed execution is a result, not an error:
   * see {@link raiseForStatus}. */
  async waitForCompletion(options?: WaitOptions): Promise<this> {
    const { timeoutMs, signal } = split('the options of waitForCompletion', options, ['timeoutMs', 'signal']);
    const timeout = timeoutMs === undefined ? undefined : milliseconds('timeoutMs', timeoutMs);
    return this.#watch.during(async () => {
      const over = await call(
        signal,
        (cancel) => this.#client.waitForCompletion(this.id, timeout, cancel),
        (failure) => {
          if (failure.kind !== WaitTimeoutError.kind || failure.last_seen === null) {
            return errorOf(failure);
          }
          const seen = JSON.stringify(failure.last_seen);
          this.#now(seen);
          return errorOf(failure, make(this.#client, seen));
        },
      );
      // First of all: listeners find it as it is, and nothing that fails from here on makes it less over.
      this.#now(over);
      await this.#watch.tellAll(signal);
      return this;
    });
  }

  /** Asks the server how it stands now. */
  async refresh(options?: CallOptions): Promise<this> {
    const signal = signalOf('the options of refresh', options);
    return this.#now(await call(signal, (cancel) => this.#client.getExecution(this.id, cancel)));
  }

  /** Ends it. Harmless where it is over already. */
  async cancel(options?: CallOptions): Promise<this> {
    const signal = signalOf('the options of cancel', options);
    return this.#now(await call(signal, (cancel) => this.#client.cancelExecution(this.id, cancel)));
  }

  /** Its log line by line, from the beginning or after a line, until it is over. */
  streamLogs(options?: LogOptions): AsyncIterableIterator<LogEntry> {
    const what = 'the options of streamLogs';
    const { signal, ...filter } = split(what, options, ['step', 'level', 'stream', 'after', 'signal']);
    const stream = value(this.#client.streamLogs(this.id, json(logFilter, what, filter)));
    return new Pieces(stream, (text) => read<LogEntry>(logEntry, text), signal);
  }

  /** Its changes from the status it has here, each once and in order, until it is over; steps that are over come first. */
  events(options?: CallOptions): AsyncIterableIterator<ExecutionEvent> {
    const signal = signalOf('the options of events', options);
    const stream = value(this.#client.streamEvents(this.id, this.status));
    return new Pieces(stream, (text) => read<ExecutionEvent>(executionEvent, text), signal);
  }

  /** Its receipt, with a verifier: it trusts the client's keys, else those the server publishes, and asks that the receipt
   * be of this very execution, that every step succeeded, and what the client's policies ask. */
  async getReceipt(options?: ReceiptOptions): Promise<Receipt> {
    const what = 'the options of getReceipt';
    const { allowFailed = false, signal } = split(what, options, ['allowFailed', 'signal']);
    const allow = argument.boolean(`${what}.allowFailed`, allowFailed);
    return receiptOf(await call(signal, (cancel) => this.#client.getReceipt(this.id, allow, cancel)));
  }

  /** Throws an {@link APIError} where it did not complete, naming the step and the reason; else it is returned. */
  raiseForStatus(): this {
    value(native.raiseForStatus(this.#text));
    return this;
  }

  #now(text: string): this {
    this.#text = text;
    return Object.assign(this, read<State>(execution, text));
  }
}

function milliseconds(what: string, value: unknown): number {
  const given = argument.number(what, value);
  if (given < 0) {
    throw new RangeError(`${what} must be 0 or more, and is ${given}`);
  }
  return given;
}

/** The execution in some JSON of the native module. */
export function executionOf(client: NativeClient, text: string): Execution {
  return make(client, text);
}
