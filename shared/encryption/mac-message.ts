import { FaultError } from '../foundation/errors.ts';

/** A record may hold these values. A property that is undefined counts as absent. */
export type Authenticated =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly Authenticated[]
  | { readonly [name: string]: Authenticated };

type Tagged = readonly [tag: string, ...content: (string | boolean | Tagged | readonly [string, Tagged])[]];

/**
 * Writes a record as the bytes that a MAC covers. Each value carries its type and the names of a record are sorted, so
 * two different records never have the same bytes. A number and a bigint of the same value are the same.
 * @throws FaultError CORRUPT_RECORD where it holds a value of another kind, as a stored item may
 */
export function macMessage(record: Authenticated): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(tagged(record)));
}

function tagged(value: Authenticated): Tagged {
  if (typeof value === 'string') return ['S', value];
  if (typeof value === 'number' || typeof value === 'bigint') return ['N', String(value)];
  if (typeof value === 'boolean') return ['BOOL', value];
  if (value === undefined) return ['NONE'];
  if (value === null) return ['NULL'];
  if (value instanceof Uint8Array) return ['B', Buffer.from(value).toString('base64')];
  if (Array.isArray(value)) return ['L', ...value.map(tagged)];
  if (isRecord(value)) return ['M', ...members(value)];
  throw new FaultError('CORRUPT_RECORD', 'A record holds a value that no MAC covers');
}

/** An attribute by the name of `__proto__` would give its record another prototype, and values that no name lists. */
function isRecord(value: object): value is { readonly [name: string]: Authenticated } {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function members(record: { readonly [name: string]: Authenticated }): (readonly [string, Tagged])[] {
  return Object.keys(record)
    .filter((name) => record[name] !== undefined)
    .toSorted()
    .map((name) => [name, tagged(record[name])]);
}
