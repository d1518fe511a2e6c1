/** How values cross: names are camelCase on this side and the API's on the other, by explicit tables. What comes from a
 * caller is checked, and a name that no table has is an error; what comes from the native module is only renamed. */

import * as argument from './argument.js';

export interface Shape {
  /** What the caller gave, as the API wants it; `what` names it in an error. */
  readonly give: (what: string, value: unknown) => unknown;
  /** What the API says, as the caller reads it. */
  readonly take: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;

export const text: Shape = { give: argument.text, take: same };
export const boolean: Shape = { give: argument.boolean, take: same };
export const number: Shape = { give: argument.number, take: same };
export const count: Shape = { give: argument.count, take: same };
/** Whatever it is, untouched in both directions. */
export const verbatim: Shape = { give: (_, value) => value, take: same };

/** What may be null, which is then what is meant. */
export function nullable(shape: Shape): Shape {
  return { ...shape, give: (what, value) => (value === null ? null : shape.give(what, value)) };
}

export function list(item: Shape): Shape {
  return {
    give: (what, value) => argument.list(what, value).map((one, index) => item.give(`${what}[${index}]`, one)),
    take: (value) => (value as unknown[]).map(item.take),
  };
}

/** A map whose keys are the caller's own. */
export function record(item: Shape): Shape {
  const each = (value: object, one: (key: string, value: unknown) => unknown) =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, one(key, inner)]));
  return {
    give: (what, value) =>
      each(argument.object(what, value), (key, inner) =>
        item.give(`${what}.${argument.text(`a key of ${what}`, key)}`, inner),
      ),
    take: (value) => each(value as object, (_, inner) => item.take(inner)),
  };
}

/** One field: its name in the API, its shape, and what it is to a caller to whom it is undefined. */
export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly lacking: 'absent' | 'missing' | 'wrong';
}

export function field(name: string, shape: Shape): Field {
  return { name, shape, lacking: 'absent' };
}

export function required(name: string, shape: Shape): Field {
  return { name, shape, lacking: 'missing' };
}

/** What a verdict rests on: it may be left out, and once it is named it has a value. One that got lost on the way, such as
 * a variable that is not set, would make the verdict a milder one. */
export function judging(name: string, shape: Shape): Field {
  return { name, shape, lacking: 'wrong' };
}

/** A model. A field that is undefined is absent, but for the {@link judging} ones. */
export function object(fields: Readonly<Record<string, Field>>): Shape {
  const known = Object.entries(fields);
  const names = Object.keys(fields);
  return {
    give: (what, value) => {
      const given = argument.members(what, value, names);
      const out: Record<string, unknown> = {};
      for (const [name, { name: wire, shape, lacking }] of known) {
        if (given[name] !== undefined || (lacking === 'wrong' && name in given)) {
          out[wire] = shape.give(`${what}.${name}`, given[name]);
        } else if (lacking === 'missing') {
          throw new TypeError(`${what}.${name} is missing`);
        }
      }
      return out;
    },
    take: (value) => {
      const told = value as Record<string, unknown>;
      const out: Record<string, unknown> = {};
      for (const [name, { name: wire, shape }] of known) {
        if (Object.hasOwn(told, wire)) {
          const inner = told[wire];
          out[name] = inner === null ? null : shape.take(inner);
        }
      }
      return out;
    },
  };
}

/** The JSON of what a caller gave. */
export function json(shape: Shape, what: string, value: unknown): string {
  return JSON.stringify(shape.give(what, value));
}

/** The model in some JSON of the native module. */
export function read<T>(shape: Shape, text: string): T {
  return shape.take(JSON.parse(text)) as T;
}
