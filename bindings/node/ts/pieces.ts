/** What comes piece by piece, as an iterator that can be left at any time. */

import { call } from './call.js';
import { CancelledError } from './errors.js';
import { type Cancel, type NativeStream, native } from './native.js';
import type { Signal } from './signal.js';

/** Gives each piece once. Leaving the loop calls off what is waited for. */
export class Pieces<T> implements AsyncIterableIterator<T> {
  #stream: NativeStream | undefined;
  readonly #read: (text: string) => T;
  readonly #signal: Signal | undefined;
  readonly #left = new AbortController();

  constructor(stream: NativeStream, read: (text: string) => T, signal: Signal | undefined) {
    this.#stream = stream;
    this.#read = read;
    this.#signal = signal;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const stream = this.#stream;
    if (stream === undefined) {
      return { done: true, value: undefined };
    }
    try {
      const text = await call(this.#signal, (cancel) => this.#leaving(cancel, (either) => stream.next(either)));
      if (text !== null) {
        return { done: false, value: this.#read(text) };
      }
    } catch (error) {
      if (!(this.#left.signal.aborted && error instanceof CancelledError)) {
        this.#stream = undefined;
        throw error;
      }
    }
    this.#stream = undefined;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#stream = undefined;
    this.#left.abort();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Lets leaving the loop pull the same token as the caller's signal. */
  async #leaving<R>(given: Cancel | undefined, start: (cancel: Cancel) => Promise<R>): Promise<R> {
    const cancel = given ?? new native.Cancel();
    const leave = () => cancel.cancel();
    this.#left.signal.addEventListener('abort', leave);
    try {
      return await start(cancel);
    } finally {
      this.#left.signal.removeEventListener('abort', leave);
    }
  }
}
