/** The errors, one class for each kind of the core; the status of an answer decides the class. */

import type { Execution } from './execution.js';

/** What an error says beside its message; see {@link AttestError}.
 *
 * @example
 * ```ts
 * // What a test of a program's own may throw in the place of a server.
 * const properties: ErrorProperties = { status: 429, retryable: true, retryAfter: 7 };
 * console.log(new RateLimitExceeded('slow down', properties).retryAfter); // 7
 * ```
 */
export interface ErrorProperties {
  code?: string | undefined;
  status?: number | undefined;
  details?: Record<string, unknown> | undefined;
  requestId?: string | undefined;
  attempts?: number | undefined;
  retryable?: boolean | undefined;
  retryAfter?: number | undefined;
  /** What is beneath it. */
  cause?: unknown;
}

/** Any error of this package but a `TypeError`, which says that an argument is of the wrong type.
 *
 * @example
 * ```ts
 * try {
 *   await client.executions.get('exec_unknown');
 * } catch (error) {
 *   if (error instanceof ResourceNotFound) {
 *     console.log(error.kind, error.status); // resource_not_found 404
 *   } else if (!(error instanceof AttestError && error.retryable)) {
 *     throw error;
 *   }
 * }
 * ```
 */
export class AttestError extends Error {
  /** What kind of error it is: stable, and the same word in every language. */
  static readonly kind: string = 'internal';

  readonly kind: string;
  /** The server's code as it sent it, else the kind's own. */
  readonly code: string;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The server's `details`, with its own keys. */
  declare readonly details?: Record<string, unknown>;
  /** What to name when asking the server's operator about it. */
  declare readonly requestId?: string;
  /** How many times the request was sent; 0 where none was. */
  readonly attempts: number;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Seconds the server asked to wait. */
  declare readonly retryAfter?: number;

  constructor(message: string, properties: ErrorProperties = {}) {
    super(message, 'cause' in properties ? { cause: properties.cause } : undefined);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
    this.kind = new.target.kind;
    this.code = properties.code ?? this.kind;
    this.attempts = properties.attempts ?? 0;
    this.retryable = properties.retryable ?? false;
    const { status, details, requestId, retryAfter } = properties;
    Object.assign(this, known({ status, details, requestId, retryAfter }));
  }
}

/** The server answered with an error; the classes below say with which. */
export class APIError extends AttestError {
  static override readonly kind: string = 'api_error';
}

/** 401: no credential, or a bad one. */
export class AuthenticationFailed extends APIError {
  static override readonly kind = 'authentication_failed';
}

/** 403: the credential lacks a scope. */
export class AuthorizationFailed extends APIError {
  static override readonly kind = 'authorization_failed';
}

/** 400 or 422, or found before anything was sent: the request itself is wrong. `details` names every problem. */
export class ValidationError extends APIError {
  static override readonly kind = 'validation_error';
}

/** 404: there is no such thing. */
export class ResourceNotFound extends APIError {
  static override readonly kind = 'resource_not_found';
}

/** 409: it contradicts the present state. */
export class ConflictError extends APIError {
  static override readonly kind = 'conflict';
}

/** 429: too many requests.
 *
 * @example
 * ```ts
 * async function patiently<T>(call: () => Promise<T>): Promise<T> {
 *   for (;;) {
 *     try {
 *       return await call();
 *     } catch (error) {
 *       if (!(error instanceof RateLimitExceeded)) throw error;
 *       const wait = (error.resetAt ?? 0) * 1000 - Date.now();
 *       await new Promise((resolve) => setTimeout(resolve, Math.max(wait, 1000)));
 *     }
 *   }
 * }
 * console.log((await patiently(() => client.executions.get(execution.id))).status); // completed
 * ```
 */
export class RateLimitExceeded extends APIError {
  static override readonly kind = 'rate_limit_exceeded';

  /** When the next request may be made, seconds since 1970 by this machine's clock. */
  declare readonly resetAt?: number;

  constructor(message: string, properties: ErrorProperties & { resetAt?: number | undefined } = {}) {
    super(message, properties);
    Object.assign(this, known({ resetAt: properties.resetAt }));
  }
}

/** 500 and above: the server failed. */
export class InternalError extends APIError {
  static override readonly kind = 'internal_error';
}

/** The server could not be reached, or the connection broke. */
export class APIConnectionError extends AttestError {
  static override readonly kind: string = 'connection';
}

/** No answer within the time for one attempt. */
export class APITimeoutError extends APIConnectionError {
  static override readonly kind = 'timeout';
}

/** The caller's time for a wait is over; the execution goes on.
 *
 * @example
 * ```ts
 * try {
 *   await execution.waitForCompletion({ timeoutMs: 300_000 });
 * } catch (error) {
 *   if (!(error instanceof WaitTimeoutError)) throw error;
 *   console.log(error.lastSeen?.status);
 *   await execution.cancel();
 * }
 * ```
 */
export class WaitTimeoutError extends AttestError {
  static override readonly kind = 'wait_timeout';

  /** The execution as it was last seen; what becomes of it later is not seen here. */
  declare readonly lastSeen?: Execution;

  constructor(message: string, properties: ErrorProperties & { lastSeen?: Execution | undefined } = {}) {
    super(message, properties);
    // Not to be listed: a whole execution in every log line of an error is too much.
    Object.defineProperty(this, 'lastSeen', { value: properties.lastSeen });
  }
}

/** A call was called off by its `AbortSignal`. As everywhere in Node, its `name` is `AbortError`, its `cause` the reason.
 *
 * @example
 * ```ts
 * try {
 *   await execution.refresh({ signal: AbortSignal.abort('the user left') });
 * } catch (error) {
 *   console.log(error instanceof CancelledError && error.cause); // the user left
 * }
 * ```
 */
export class CancelledError extends AttestError {
  static override readonly kind = 'cancelled';

  constructor(message: string, properties: ErrorProperties = {}) {
    super(message, { ...properties, code: properties.code ?? 'ABORT_ERR' });
    Object.defineProperty(this, 'name', { value: 'AbortError' });
  }
}

/** An answer that is not what the API says. */
export class DecodeError extends AttestError {
  static override readonly kind = 'decode';
}

/** An option that is missing or out of range. */
export class ConfigError extends AttestError {
  static override readonly kind = 'config';
}

/** A webhook's signature does not verify. */
export class WebhookSignatureError extends AttestError {
  static override readonly kind = 'webhook_signature';
}

/** A receipt that cannot be read. */
export class ReceiptFormatError extends AttestError {
  static override readonly kind = 'receipt_format';
}

/** A key that cannot be read. */
export class KeyFormatError extends AttestError {
  static override readonly kind = 'key_format';
}

/** The file system failed. */
export class AttestIOError extends AttestError {
  static override readonly kind = 'io';
}

/** The client was closed. */
export class ClosedError extends AttestError {
  static override readonly kind = 'closed';
}

/** A fault of this library: please report it. */
export class InternalFault extends AttestError {
  static override readonly kind = 'internal';
}

/** Without what is undefined, so that an error that is printed shows what there is. */
function known(properties: object): object {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** An error as the native module tells it. */
export interface Failure {
  kind: string;
  code: string;
  text: string;
  status: number | null;
  details: Record<string, unknown> | null;
  request_id: string | null;
  attempts: number;
  retryable: boolean;
  retry_after: number | null;
  reset_at?: number | null;
  last_seen: unknown;
}

const CLASSES = new Map<string, typeof AttestError>(
  [
    APIError,
    AuthenticationFailed,
    AuthorizationFailed,
    ValidationError,
    ResourceNotFound,
    ConflictError,
    RateLimitExceeded,
    InternalError,
    APIConnectionError,
    APITimeoutError,
    WaitTimeoutError,
    CancelledError,
    DecodeError,
    ConfigError,
    WebhookSignatureError,
    ReceiptFormatError,
    KeyFormatError,
    AttestIOError,
    ClosedError,
    InternalFault,
  ].map((one) => [one.kind, one]),
);

/** The typed error of a failure. */
export function errorOf(failure: Failure, lastSeen?: Execution): AttestError {
  const One = CLASSES.get(failure.kind) ?? InternalFault;
  const properties = {
    code: failure.kind === 'cancelled' ? undefined : failure.code,
    status: failure.status ?? undefined,
    details: failure.details ?? undefined,
    requestId: failure.request_id ?? undefined,
    attempts: failure.attempts,
    retryable: failure.retryable,
    retryAfter: failure.retry_after ?? undefined,
    resetAt: failure.reset_at ?? undefined,
    lastSeen,
  };
  return new One(failure.text, properties);
}
