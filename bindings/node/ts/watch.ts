/** The listeners of one execution, and the watch that they share: it begins with the first of them, and ends with the
 * execution or with the last of them. Each change is told to each listener once and in order, also to one that came later and
 * where a watch was begun anew. */

import { until, value } from './call.js';
import type { ExecutionEvent, ExecutionStatus, ExecutionStep } from './models.js';
import { type Cancel, type NativeStream, native } from './native.js';
import { read } from './shape.js';
import { executionEvent } from './shapes.js';
import type { Signal } from './signal.js';

/** What is listened to, and what a listener is given.
 *
 * @example
 * ```ts
 * const done: ExecutionListeners['step_completed'] = (step) => console.log(step.name, step.status); // greet completed
 * await (await pipeline.execute()).on('step_completed', done).waitForCompletion();
 * ```
 */
export interface ExecutionListeners {
  status_changed: (status: ExecutionStatus) => void;
  step_started: (step: ExecutionStep) => void;
  step_completed: (step: ExecutionStep) => void;
}

/** What an execution can be listened to for.
 *
 * @example
 * ```ts
 * const names: EventName[] = ['status_changed', 'step_started', 'step_completed'];
 * for (const name of names) {
 *   execution.once(name, () => console.log(name));
 * }
 * await execution.waitForCompletion();
 * ```
 */
export type EventName = keyof ExecutionListeners;

const NAMES: readonly string[] = ['status_changed', 'step_started', 'step_completed'] satisfies EventName[];

interface Listener {
  readonly name: EventName;
  readonly listener: (told: never) => void;
  readonly once: boolean;
  /** How many of the changes it has been through. */
  past: number;
}

type Change = Pick<Listener, 'name'> & { readonly told: unknown };

/** One stream of changes that is being read. */
interface Run {
  readonly cancel: Cancel;
  readonly ended: Promise<void>;
}

export class Watch {
  readonly #id: string;
  readonly #open: (known: ExecutionStatus) => NativeStream;
  readonly #told = new Set<string>();
  readonly #changes: Change[] = [];
  /** How far those had come that were taken away, should they be back. */
  readonly #left: Record<EventName, WeakMap<object, number>> = {
    status_changed: new WeakMap(),
    step_started: new WeakMap(),
    step_completed: new WeakMap(),
  };
  #status: ExecutionStatus;
  #listeners: readonly Listener[] = [];
  #run: Run | undefined;
  #over = false;
  #awaited = 0;

  /** Of the execution of that id, of which that status is known; `open` opens a stream of its changes. */
  constructor(id: string, status: ExecutionStatus, open: (known: ExecutionStatus) => NativeStream) {
    this.#id = id;
    this.#status = status;
    this.#open = open;
  }

  add(name: unknown, listener: unknown, once: boolean): void {
    if (typeof name !== 'string' || !NAMES.includes(name)) {
      const given = typeof name === 'string' ? JSON.stringify(name) : `a ${typeof name}`;
      throw new TypeError(`an execution has no event ${given}: it has ${NAMES.join(', ')}`);
    }
    if (typeof listener !== 'function') {
      throw new TypeError(`the listener of ${name} must be a function, and is a ${typeof listener}`);
    }
    const past = this.#left[name as EventName].get(listener) ?? 0;
    const added = { name, listener, once, past } as Listener;
    this.#listeners = [...this.#listeners, added];
    this.#begin();
    // After the caller has added all its listeners: they are told in the order of the changes.
    queueMicrotask(() => this.#tell());
  }

  /** Takes the newest of such listeners away; with none left, nothing is watched any more. */
  remove(name: unknown, listener: unknown): void {
    const at = this.#listeners.findLastIndex((one) => one.name === name && one.listener === listener);
    const found = this.#listeners[at];
    if (found !== undefined) {
      this.#drop(found);
    }
  }

  #drop(gone: Listener): void {
    this.#left[gone.name].set(gone.listener, gone.past);
    this.#listeners = this.#listeners.filter((one) => one !== gone);
    if (this.#listeners.length === 0) {
      this.#end();
    }
  }

  /** While `work` goes on, a watch that fails is not worth a warning: its failure is found by {@link tellAll}. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#awaited += 1;
    try {
      return await work();
    } finally {
      this.#awaited -= 1;
    }
  }

  /** Tells whatever is untold of an execution that is over. A stream looks at once when it is new, so this one need not
   * wait for the next look of one that is under way. */
  async tellAll(signal: Signal | undefined): Promise<void> {
    if (this.#listeners.length > 0 && !this.#over) {
      this.#end();
      await until(this.#begin(), signal);
    }
  }

  #begin(): Promise<void> {
    if (this.#over) {
      return Promise.resolve();
    }
    if (this.#run === undefined) {
      const cancel = new native.Cancel();
      const ended = this.#read(this.#open(this.#status), cancel);
      ended.catch((error: unknown) => this.#warn(error));
      this.#run = { cancel, ended };
    }
    return this.#run.ended;
  }

  #end(): void {
    this.#run?.cancel.cancel();
    this.#run = undefined;
  }

  async #read(stream: NativeStream, cancel: Cancel): Promise<void> {
    // The first look is asked for after the caller has added all its listeners.
    await undefined;
    for (;;) {
      const outcome = await stream.next(cancel);
      if (this.#run?.cancel !== cancel) {
        return;
      }
      try {
        const text = value(outcome);
        if (text === null) {
          this.#over = true;
          this.#run = undefined;
          return;
        }
        this.#note(read<ExecutionEvent>(executionEvent, text));
        this.#tell();
      } catch (error) {
        this.#run = undefined;
        throw error;
      }
    }
  }

  #note(change: ExecutionEvent): void {
    const key = change.event === 'status_changed' ? change.status : `${change.event} ${change.step.name}`;
    if (this.#told.has(key)) {
      return;
    }
    this.#told.add(key);
    if (change.event === 'status_changed') {
      this.#status = change.status;
    }
    const told = change.event === 'status_changed' ? change.status : change.step;
    this.#changes.push({ name: change.event, told });
  }

  /** Tells every listener what it was not told yet. */
  #tell(): void {
    for (const [at, change] of this.#changes.entries()) {
      for (const one of this.#listeners.filter((one) => one.past === at)) {
        one.past = at + 1;
        if (one.name === change.name) {
          if (one.once) {
            this.#drop(one);
          }
          this.#call(one, change.told);
        }
      }
    }
  }

  /** A listener that throws, or whose promise is rejected, is warned of and stops nobody. */
  #call(one: Listener, told: unknown): void {
    const failed = (error: unknown) => {
      const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
      process.emitWarning(`a listener of ${one.name} of execution ${this.#id} failed: ${what}`, 'AttestWarning');
    };
    try {
      const result: unknown = (one.listener as (told: unknown) => unknown)(told);
      if (result instanceof Promise) {
        result.catch(failed);
      }
    } catch (error) {
      failed(error);
    }
  }

  #warn(error: unknown): void {
    if (this.#awaited === 0) {
      process.emitWarning(`execution ${this.#id} is watched no more: ${String(error)}`, 'AttestWarning');
    }
  }
}
