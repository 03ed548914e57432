import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stored, StoredAddress, StoredInstant } from './stored.ts';

describe('a stored address', () => {
  it.each(['http://a', 'https://wallet.example/path?x=1', 'HTTPS://A.B', 'http://127.0.0.1:80'])(
    'is accepted: %s',
    (text) => {
      expect(StoredAddress.parse(text)).toBe(text);
    },
  );

  it.each([
    '',
    'wallet.example',
    'ftp://a',
    ' http://a',
    'x http://a',
    'http://a b',
    'http://a ',
    'http://',
    'http://user@a',
    'http://:password@a',
    'http://user:password@a',
  ])('is refused: "%s"', (text) => {
    expect(StoredAddress.safeParse(text).success).toBe(false);
  });
});

it('takes instants as far as a calendar reaches', () => {
  for (const at of [0n, 8_640_000_000_000_000n]) expect(StoredInstant.parse(at)).toBe(at);
  for (const at of [-1n, 8_640_000_000_000_001n, 5]) expect(StoredInstant.safeParse(at).success).toBe(false);
});

it('has an error that names the expected item, and the cause, where an item has another form', () => {
  expect(stored(z.string(), 'text', 'A text')).toBe('text');
  expect(() => stored(z.string(), 5, 'A text')).toThrow(
    expect.objectContaining({
      code: 'CORRUPT_RECORD',
      message: expect.stringContaining('A text'),
      cause: expect.any(z.ZodError),
    }),
  );
});
