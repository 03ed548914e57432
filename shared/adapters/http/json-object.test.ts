import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonObject } from './json-object.ts';

const read = (text: string) => readJsonObject(new TextEncoder().encode(text));

describe('a JSON object', () => {
  it('is read with whatever it holds', () => {
    const reads = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const text = JSON.stringify(object);
      expect(read(text)).toEqual(JSON.parse(text));
    });
    fc.assert(reads);
  });

  it('with a name given twice is not read, however the name is written', () => {
    const refuses = fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, one, other) => {
      const escaped = escapeUnits(name);
      const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
      expect(
        read(`{${JSON.stringify(name)}: ${first}, "between": {}, "${escaped}" : ${second}}`),
      ).toBeUndefined();
    });
    fc.assert(refuses);
  });

  it('may hold the same name at different depths, and names inside of strings', () => {
    expect(read('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":{","d":"}"}')).toBeDefined();
  });

  it.each([
    ['nothing', ''],
    ['an array', '[{"a":1}]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['half an object', '{"a":1'],
    ['two objects', '{"a":1}{"a":1}'],
    ['a page', '<html></html>'],
  ])('is not %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is UTF-8', () => {
    expect(readJsonObject(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });
});

/** Every UTF-16 unit as JSON may also write it. */
function escapeUnits(name: string): string {
  return Array.from({ length: name.length }, (_, index) => {
    return `\\u${name.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
