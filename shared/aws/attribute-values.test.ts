import { describe, expect, it } from 'vitest';
import { integerOf, nativeItem, type WireItem } from './attribute-values.ts';
import { assign } from './update-expression.ts';

const nested = (levels: number, wrap: (inner: object) => object) =>
  ({ a: Array.from({ length: levels }).reduce<object>(wrap, { S: 'deep' }) }) as WireItem;
const list = (inner: object) => ({ L: [inner] });
const map = (inner: object) => ({ M: { a: inner } });

describe('an item as DynamoDB sends it', () => {
  it('is read in the types of the domain', () => {
    const bytes = new Uint8Array([1, 2]);
    const item = {
      text: { S: '' },
      number: { N: '-12' },
      bytes: { B: bytes },
      streamed: { B: 'AQI=' },
      yes: { BOOL: true },
      no: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { inner: { S: 'b' } } },
    } as unknown as WireItem;
    expect(nativeItem(item)).toEqual({
      text: '',
      number: -12n,
      bytes,
      streamed: bytes,
      yes: true,
      no: false,
      nothing: null,
      list: ['a', 1n],
      map: { inner: 'b' },
    });
  });

  it.each([
    ['lists', list],
    ['maps', map],
  ] as const)('may nest 32 levels of %s, and no more', (_, wrap) => {
    expect(() => nativeItem(nested(32, wrap))).not.toThrow();
    expect(() => nativeItem(nested(33, wrap))).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
  });

  it.each([
    { NULL: false },
    { BOOL: 'yes' },
    { B: 5 },
    { S: 5 },
    { N: 5 },
    { L: {} },
    { M: null },
    { M: 'x' },
    {},
    null,
  ])('is refused with an attribute that is never written: %j', (value) => {
    expect(() => nativeItem({ a: value } as unknown as WireItem)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_RECORD' }),
    );
  });
});

it('reads whole numbers of up to 38 digits', () => {
  for (const text of ['0', '-7', '9'.repeat(38)]) expect(integerOf(text)).toBe(BigInt(text));
  for (const text of ['', '1.5', '1e3', '+1', ' 1', '1 ', '--1', '9'.repeat(39)])
    expect(() => integerOf(text)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
});

it('assigns each attribute by an alias, because its name may be a reserved word', () => {
  expect(assign({ status: 'INTENT', epoch: 2n })).toEqual({
    UpdateExpression: 'SET #status = :status, #epoch = :epoch',
    ExpressionAttributeNames: { '#status': 'status', '#epoch': 'epoch' },
    ExpressionAttributeValues: { ':status': 'INTENT', ':epoch': 2n },
  });
});
