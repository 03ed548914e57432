import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameBytes, uuidBytes, uuidText } from './bytes.ts';

it('Bytes are compared by their number and their values', () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  expect(sameBytes(bytes(), bytes())).toBe(true);
  expect(sameBytes(bytes(1, 2), bytes(1, 2))).toBe(true);
  expect(sameBytes(bytes(1), bytes(1, 2))).toBe(false);
  expect(sameBytes(bytes(1, 2), bytes(1))).toBe(false);
  expect(sameBytes(bytes(1, 2), bytes(1, 3))).toBe(false);
});

it('A UUID is 16 bytes, and the bytes give its text again', () => {
  expect(uuidBytes('7d9f2a10-5b6c-4d7e-9f80-112233445566').slice(0, 4)).toEqual(
    new Uint8Array([0x7d, 0x9f, 0x2a, 0x10]),
  );
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      expect(uuidBytes(uuid)).toHaveLength(16);
      expect(uuidText(uuidBytes(uuid))).toBe(uuid);
    }),
  );
});
