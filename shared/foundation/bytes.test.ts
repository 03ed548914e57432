import { expect, it } from 'vitest';
import { sameBytes } from './bytes.ts';

it('Bytes are compared by their number and their values', () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  expect(sameBytes(bytes(), bytes())).toBe(true);
  expect(sameBytes(bytes(1, 2), bytes(1, 2))).toBe(true);
  expect(sameBytes(bytes(1), bytes(1, 2))).toBe(false);
  expect(sameBytes(bytes(1, 2), bytes(1))).toBe(false);
  expect(sameBytes(bytes(1, 2), bytes(1, 3))).toBe(false);
});
