/** What callers give, checked by type: the message of each `TypeError` says what to pass. Values are never shown: one of
 * them may be a secret. */

import { isPromise, isUint8Array } from 'node:util/types';

function kindOf(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (isPromise(value)) {
    return 'a promise, to be awaited first';
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return String(value);
  }
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`;
}

export function wrong(what: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${what} must be ${wanted}, and is ${kindOf(value)}`);
}

export function unknownName(what: string, name: string, known: readonly string[]): TypeError {
  return new TypeError(`${what}: ${JSON.stringify(name)} is not known; known are ${known.join(', ')}`);
}

/** Text in which every character is whole, so that it means the same in UTF-8. */
export function text(what: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw wrong(what, 'a string', value);
  }
  if (!value.isWellFormed()) {
    throw new TypeError(`${what} holds a lone surrogate, half of a character: pass well-formed text`);
  }
  return value;
}

export function boolean(what: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw wrong(what, 'true or false', value);
  }
  return value;
}

/** A number that JSON can carry. */
export function number(what: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrong(what, 'a finite number', value);
  }
  return value;
}

/** A whole number, 0 or more, that JavaScript holds exactly. */
export function count(what: string, value: unknown): number {
  if (typeof value !== 'number') {
    throw wrong(what, 'a whole number', value);
  }
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${what} must be a whole number, 0 or more, and is ${value}`);
  }
  return value;
}

export function list(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw wrong(what, 'an array', value);
  }
  return value;
}

export function object(what: string, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPromise(value)) {
    throw wrong(what, 'an object', value);
  }
  return value;
}

/** What stands in an object itself, each member read once; a name that is not among `known` is an error. What somebody
 * put on the prototype of all objects is nobody's option: it would trust for everyone. */
export function members(what: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  const given = object(what, value);
  const own: Record<string, unknown> = Object.assign(Object.create(null), given);
  const unknown = Object.keys(own).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw unknownName(what, unknown, known);
  }
  const inherited = known.find((name) => !(name in own) && name in given && !(name in Object.prototype));
  if (inherited !== undefined) {
    throw new TypeError(`${what}.${inherited} is inherited: pass it as a property of the object itself`);
  }
  return own;
}

/** Bytes, or text in UTF-8. Memory that another thread could change meanwhile is copied. */
export function bytes(what: string, value: unknown): Uint8Array {
  if (typeof value === 'string') {
    return Buffer.from(text(what, value));
  }
  if (!isUint8Array(value)) {
    throw wrong(what, 'a string, a Buffer or a Uint8Array', value);
  }
  return value.buffer instanceof SharedArrayBuffer ? Uint8Array.from(value) : value;
}
