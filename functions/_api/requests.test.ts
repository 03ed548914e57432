import { describe, expect, it } from 'vitest';
import { RoundsQuery } from './requests.ts';

describe('the length of a page', () => {
  it.each([
    ['1', 1],
    ['100', 100],
    [undefined, 20],
  ])('is read as %s', (limit, expected) => {
    expect(RoundsQuery.parse(limit === undefined ? {} : { limit }).limit).toBe(expected);
  });

  it.each(['0', '101', '-1', '1.5', '1e1', '0x10', ' 5', '5\n', '+5', '05', '', '５', 'NaN'])(
    'is refused as %j',
    (limit) => {
      expect(RoundsQuery.safeParse({ limit }).success).toBe(false);
    },
  );
});
