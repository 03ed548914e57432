import { describe, expect, it } from 'vitest';
import { itemSize, MAX_ITEM_BYTES } from './item-size.ts';

describe('the size of an item', () => {
  it('is at most 400 KB', () => {
    expect(MAX_ITEM_BYTES).toBe(409_600);
  });

  it('counts names and strings in UTF-8', () => {
    expect(itemSize({ pk: 'abc' })).toBe(5);
    expect(itemSize({ pk: '€' })).toBe(5);
    expect(itemSize({ ñ: '' })).toBe(2);
  });

  it('counts one byte for every two significant digits of a number, and one more', () => {
    expect(itemSize({ n: 1n })).toBe(1 + 2);
    expect(itemSize({ n: 12n })).toBe(1 + 2);
    expect(itemSize({ n: 123n })).toBe(1 + 3);
    expect(itemSize({ n: 12_000n })).toBe(1 + 2);
    expect(itemSize({ n: 1_002n })).toBe(1 + 3);
    expect(itemSize({ n: -12n })).toBe(1 + 3);
    expect(itemSize({ n: 0n })).toBe(1 + 1);
    expect(itemSize({ n: 10n ** 38n - 1n })).toBe(1 + 20);
  });

  it('counts bytes as they are, and one byte for a boolean or null', () => {
    expect(itemSize({ b: new Uint8Array(32) })).toBe(33);
    expect(itemSize({ t: true, f: false, n: null })).toBe(6);
  });

  it('counts three bytes for a list or map, one for each element, and the size of its content', () => {
    expect(itemSize({ l: [] })).toBe(1 + 3);
    expect(itemSize({ l: ['ab', 'c'] })).toBe(1 + 3 + (1 + 2) + (1 + 1));
    expect(itemSize({ m: { key: 'ab' } })).toBe(1 + 3 + 3 + (1 + 2));
  });
});
