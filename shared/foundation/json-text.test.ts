import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from './errors.ts';
import { readJson } from './json-text.ts';

function read(json: string | Uint8Array): unknown {
  return readJson(typeof json === 'string' ? new TextEncoder().encode(json) : json);
}

function codeFor(json: string | Uint8Array): string {
  try {
    read(json);
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('JSON', () => {
  it('is read whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is not read where a name is given twice, however the name is written and how deep it lies', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), fc.nat(49), (name, one, other, depth) => {
        const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
        const twice = `{${JSON.stringify(name)}: ${first}, "between": {}, "${escapeUnits(name)}" : ${second}}`;
        expect(codeFor('{"in":['.repeat(depth) + twice + ']}'.repeat(depth))).toBe('INVALID_JSON');
      }),
    );
  });

  it('is not read where a name is given twice in text without any space', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('":', '\\":', ' "', '":":'));
    fc.assert(
      fc.property(text, text, text, fc.nat(2), (name, one, other, spaces) => {
        const space = ' '.repeat(spaces);
        const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
        const twice = `{${JSON.stringify(name)}:${first},"${escapeUnits(name)}"${space}:${second}}`;
        expect(codeFor(`[{"a":${first}},${twice}]`)).toBe('INVALID_JSON');
      }),
    );
  });

  it('is read by its own names, whatever was read before in the same process', () => {
    // V8 13.6 read an object with the name `b\u0061` before. Then it takes `ba…` for that name written with an escape.
    expect(read('{"balance":"1.00","b\\\\u0061":"2.00"}')).toHaveProperty(['b\\u0061'], '2.00');
    expect(codeFor('{"balance":"1.00","b\\u0061lance":"2.00"}')).toBe('INVALID_JSON');
    expect(read('{"a":0,"b\\\\u0061":1}')).toHaveProperty(['b\\u0061'], 1);
    expect(read('{"a":0,"b\\u0061lance":"2.00"}')).toEqual({ a: 0, balance: '2.00' });
    expect(read('[{"a":0,"b\\u0061lance":["\\"",-0,{}]}]')).toEqual([{ a: 0, balance: ['"', -0, {}] }]);
  });

  it('may hold the same name in different objects, and names inside strings', () => {
    const text = '{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":{","d":"}"}';
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['objects with white space', '{"a" :', '}'],
  ])('has at most 100 levels of %s', (_, open, close) => {
    const innermost = open === '[' ? '' : '0';
    const nested = (levels: number) => open.repeat(levels) + innermost + close.repeat(levels);
    expect(codeFor(nested(100))).toBe('no error');
    for (const levels of [101, 3_000, 100_000]) expect(codeFor(nested(levels))).toBe('INVALID_JSON');
  });

  it.each(['', '{"a":1', '{"a":1}{"a":1}', '<html></html>', "{'a':1}", '{"a":1,}', '{"a":01}', 'NaN'])(
    'is not %j',
    (text) => {
      expect(codeFor(text)).toBe('INVALID_JSON');
    },
  );

  it('is UTF-8', () => {
    expect(codeFor(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('INVALID_JSON');
  });
});

/** JSON may also write every UTF-16 unit in this way. */
function escapeUnits(name: string): string {
  return Array.from({ length: name.length }, (_, index) => {
    return `\\u${name.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
