import fc from 'fast-check';
import { expect } from 'vitest';
import type { NativeItem, NativeValue } from '../../shared/aws/attribute-values.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { decimalsOf } from './amount-rule.ts';
import { hostileText, inheritedName, numeral } from './strings.ts';

export const value: fc.Arbitrary<NativeValue> = fc.oneof(
  fc.constantFrom<NativeValue>(
    null,
    true,
    false,
    '',
    0n,
    1n,
    -1n,
    2n,
    new Uint8Array(),
    new Uint8Array(32),
    [],
    {},
  ),
  fc.constantFrom(
    2n ** 53n,
    8_640_000_000_000_001n,
    10n ** 36n - 1n,
    10n ** 36n,
    10n ** 38n - 1n,
    -(10n ** 38n) + 1n,
  ),
  hostileText,
  numeral,
  fc.constantFrom(
    'INTENT',
    'COMMITTED',
    'CREDITED',
    'VOIDED',
    'SETTLED',
    'EUR',
    'XXX',
    '000000000',
    'a#b#c#d',
  ),
  fc.uint8Array({ maxLength: 40 }),
);

type Change = (item: NativeItem) => NativeItem;

/** One attribute gone, changed, added or with another's value: what an older version, a hand or a fault may leave. */
const change: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.nat(), value, fc.constantFrom('drop', 'set', 'spoil', 'swap', 'add'), inheritedName)
  .map(([at, other, replacement, kind, added]) => (item) => {
    const names = Object.keys(item);
    const name = names[at % names.length] ?? 'pk';
    const from = names[other % names.length] ?? 'pk';
    const held = item[name];
    if (kind === 'drop') return Object.fromEntries(Object.entries(item).filter(([key]) => key !== name));
    if (kind === 'set') return { ...item, [name]: replacement };
    if (kind === 'swap') return { ...item, [name]: item[from] ?? null };
    if (kind === 'add') return Object.fromEntries([...Object.entries(item), [added, replacement]]);
    return { ...item, [name]: typeof held === 'string' ? `${held}\u0430` : replacement };
  });

export function changed(items: fc.Arbitrary<NativeItem>): fc.Arbitrary<NativeItem> {
  return fc
    .tuple(items, fc.array(change, { maxLength: 2 }))
    .map(([item, changes]) => changes.reduce((before, apply) => apply(before), item));
}

export type Rule = (value: NativeValue | undefined) => boolean;
export const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
export const between =
  (min: bigint, max: bigint): Rule =>
  (value) =>
    typeof value === 'bigint' && value >= min && value <= max;
export const oneOf =
  (...values: readonly NativeValue[]): Rule =>
  (value) =>
    value !== undefined && values.includes(value);
export const isBytes: Rule = (value) => value instanceof Uint8Array;
export const isBoolean: Rule = (value) => typeof value === 'boolean';
export const isText: Rule = (value) => typeof value === 'string';
export const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);

export const uuid = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i);
export const instant = between(0n, 8_640_000_000_000_000n);
export const amount = between(0n, 10n ** 36n - 1n);
export const number38 = between(-(10n ** 38n) + 1n, 10n ** 38n - 1n);
export const operatorId = '[a-z0-9][a-z0-9-]{0,31}';
export const playerId = '[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}';
export const gameCode = '[a-z0-9][a-z0-9-]{0,47}';
export const currency = oneOf(...Object.keys(decimalsOf));

export function isStored(rules: Readonly<Record<string, Rule>>, item: NativeItem): boolean {
  return Object.entries(rules).every(([name, rule]) => rule(item[name]));
}

/** Reads what the item holds. It is undefined where the item is refused as a stored record that nobody writes. */
export function read<T>(decode: () => T): { readonly value: T } | undefined {
  try {
    return { value: decode() };
  } catch (error) {
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
    return undefined;
  }
}
