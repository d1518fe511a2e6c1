/** One call of the native module: what calls it off, and what becomes of its outcome. */

import * as argument from './argument.js';
import { type AttestError, CancelledError, errorOf, type Failure } from './errors.js';
import { type Cancel, type Failed, type Later, native, type Outcome } from './native.js';
import { cancelled, hearing, isSignal, type Signal } from './signal.js';

/** What every call takes that meets the network.
 *
 * @example
 * ```ts
 * const controller = new AbortController();
 * process.once('SIGTERM', () => controller.abort());
 * const execution = await pipeline.execute({}, { signal: controller.signal });
 * ```
 */
export interface CallOptions {
  /** Calls it off: the promise is rejected with a {@link CancelledError}, whose name is `AbortError`. */
  signal?: Signal | undefined;
}

/** The signal in some options; anything else in them is an error. */
export function signalOf(what: string, options: unknown): Signal | undefined {
  return split(what, options, ['signal']).signal;
}

/** Options as they are given, with the signal checked. Each name must be among `known`. */
export function split(what: string, options: unknown, known: readonly string[]): Record<string, unknown> & CallOptions {
  if (options === undefined) {
    return Object.create(null);
  }
  const given = argument.members(what, options, known);
  const { signal } = given;
  if (signal !== undefined && !isSignal(signal)) {
    throw argument.wrong(`${what}.signal`, 'an AbortSignal', signal);
  }
  return given as Record<string, unknown> & CallOptions;
}

/** The value, or its error thrown. */
export function value<T>(outcome: Outcome<T>, toError: (failure: Failure) => AttestError = errorOf): T {
  if (isFailed(outcome)) {
    throw toError(JSON.parse(outcome.err) as Failure);
  }
  return outcome;
}

function isFailed(outcome: unknown): outcome is Failed {
  return typeof outcome === 'object' && outcome !== null && Object.hasOwn(outcome, 'err');
}

/** Starts a call and waits for it. */
export async function call<T>(
  signal: Signal | undefined,
  start: (cancel: Cancel | undefined) => Later<T>,
  toError: (failure: Failure) => AttestError = errorOf,
): Promise<T> {
  if (signal === undefined) {
    return value(await start(undefined), toError);
  }
  if (signal.aborted) {
    throw cancelled(signal);
  }
  const cancel = new native.Cancel();
  const work = async () =>
    value(await start(cancel), (failure) =>
      failure.kind === CancelledError.kind && signal.aborted ? cancelled(signal) : toError(failure),
    );
  return hearing(signal, () => cancel.cancel(), work);
}

/** Waits for what goes on by itself, until the signal says not to. */
export async function until(work: Promise<void>, signal: Signal | undefined): Promise<void> {
  if (signal === undefined) {
    return work;
  }
  if (signal.aborted) {
    throw cancelled(signal);
  }
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(cancelled(signal));
  });
  await hearing(signal, abort, () => Promise.race([work, aborted]));
}
