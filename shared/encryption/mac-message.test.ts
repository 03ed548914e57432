import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import { type Authenticated, macMessage } from './mac-message.ts';

const { value } = fc.letrec<{ value: Authenticated }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const textOf = (record: Authenticated) => new TextDecoder().decode(macMessage(record));

it('Two different records never have the same message', () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      expect(textOf(one) === textOf(other)).toBe(isDeepStrictEqual(one, other));
    }),
  );
});

it.each<[string, Authenticated, Authenticated]>([
  ['a text and a number', '1', 1],
  ['a text and a truth value', 'true', true],
  ['a text and bytes', 'AQ==', new Uint8Array([1])],
  ['a list and a record', ['a', 'b'], { a: 'b' }],
  ['a list and a longer one', ['a'], ['a', 'b']],
  ['a value in a list and none', [undefined], []],
  ['an empty text and nothing', '', undefined],
  ['null and nothing', null, undefined],
])('These have different messages: %s', (_, one, other) => {
  expect(textOf(one)).not.toBe(textOf(other));
});

it('The order of properties does not count, and neither does a property that is undefined', () => {
  expect(textOf({ a: 1, b: 2n })).toBe(textOf({ b: 2n, gone: undefined, a: 1n }));
});

it('A message keeps its form, because every later build checks what was stored once', () => {
  const record = { b: new Uint8Array([255]), a: [1n, 'x', true, null, undefined], c: { d: '' } };
  expect(textOf(record)).toBe(
    '["M",["a",["L",["N","1"],["S","x"],["BOOL",true],["NULL"],["NONE"]]],["b",["B","/w=="]],["c",["M",["d",["S",""]]]]]',
  );
});

it.each<[string, unknown]>([
  ['a set', new Set(['a'])],
  ['a record with inherited values', Object.create({ a: 'b' })],
  ['a record without a prototype', Object.create(null)],
])('A record is refused that holds %s', (_, held) => {
  expect(() => macMessage({ held: held as Authenticated })).toThrow(
    expect.objectContaining({ code: 'CORRUPT_RECORD' }),
  );
});
