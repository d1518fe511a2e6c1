/** What calls a call off. */

import { CancelledError } from './errors.js';

/** An `AbortSignal`, as far as it is used here: `AbortController.signal`, `AbortSignal.timeout(…)` and their like fit.
 *
 * @example
 * ```ts
 * const soon: Signal = AbortSignal.timeout(60_000); // or that of an AbortController
 * await execution.refresh({ signal: soon });
 * ```
 */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface Heard {
  readonly acts: Set<() => void>;
  readonly listener: () => void;
}

/** One listener for all that a signal calls off here: of more than ten, Node warns its user. */
const HEARD = new WeakMap<Signal, Heard>();

export function isSignal(value: unknown): value is Signal {
  const signal = value as Partial<Signal> | null;
  return typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

/** Does `act` when the signal is aborted, while `work` goes on. */
export async function hearing<T>(signal: Signal, act: () => void, work: () => Promise<T>): Promise<T> {
  const { acts } = heard(signal);
  acts.add(act);
  try {
    return await work();
  } finally {
    acts.delete(act);
    forget(signal);
  }
}

export function cancelled(signal: Signal): CancelledError {
  return new CancelledError('the call was called off by its AbortSignal', { cause: signal.reason });
}

function heard(signal: Signal): Heard {
  const known = HEARD.get(signal);
  if (known !== undefined) {
    return known;
  }
  const acts = new Set<() => void>();
  const listener = () => {
    for (const act of acts) {
      act();
    }
  };
  HEARD.set(signal, { acts, listener });
  signal.addEventListener('abort', listener);
  return { acts, listener };
}

function forget(signal: Signal): void {
  const known = HEARD.get(signal);
  if (known?.acts.size === 0) {
    signal.removeEventListener('abort', known.listener);
    HEARD.delete(signal);
  }
}
