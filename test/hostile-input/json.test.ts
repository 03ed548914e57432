import { describe, expect, it } from 'vitest';
import { RequestError } from '../../shared/foundation/errors.ts';
import { readJson } from '../../shared/foundation/json-text.ts';
import { plain, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { hostile } from './runs.ts';

function read(bytes: Uint8Array): { readonly value: unknown } | string {
  try {
    return { value: readJson(bytes) };
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
}

describe('JSON', () => {
  it(
    'JSON of any text is read as the grammar says',
    hostile(asBytes(jsonText), (bytes) => {
      const expected = readStrictly(bytes);
      const actual = read(bytes);
      if (expected === undefined) {
        expect(actual).toBe('INVALID_JSON');
        return 'refused';
      }
      if (bytes.length < 2_000) expect(actual).toEqual({ value: plain(expected.value) });
      else expect(actual).toHaveProperty('value');
      return 'accepted';
    }),
  );
});
