import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonObject } from './json-object.ts';

const read = (text: string) => readJsonObject(new TextEncoder().encode(text));

describe('a JSON object', () => {
  it('is read whatever it holds', () => {
    const reads = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const text = JSON.stringify(object);
      expect(read(text)).toEqual(JSON.parse(text));
    });
    fc.assert(reads);
  });

  it.each([
    ['nothing', ''],
    ['an array', '[{"a":1}]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['half an object', '{"a":1'],
    ['one with a name given twice', '{"a":1,"a":1}'],
    ['two objects', '{"a":1}{"a":1}'],
    ['a page', '<html></html>'],
  ])('is not read from %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
