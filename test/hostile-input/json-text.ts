import fc from 'fast-check';
import { hostileText, inheritedName, numeral } from './strings.ts';

const space = fc.constantFrom('', '', '', '', ' ', '\n', '\r\n', '\t', '\u00a0', '\f', '/**/', '// x\n');

/** A string of JSON, written with escapes or without. */
export function quoted(text: string, escaped: boolean): string {
  return escaped
    ? `"${[...Array(text.length).keys()].map((at) => unit(text, at)).join('')}"`
    : JSON.stringify(text);
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}

/** Few names, so that they meet. */
export const memberName = fc
  .tuple(fc.oneof(fc.constantFrom('a', 'b', 'session_id'), inheritedName, hostileText), fc.boolean())
  .map(([name, escaped]) => quoted(name, escaped));

// biome-ignore format: a list reads better packed
const brokenTexts = [
  '', ',', '{', '}', '[', ']', '"', "'a'", '\\', 'nul', 'True', 'undefined', 'NaN', '-Infinity', '//', '"\n"', '-', '1e',
  '"\\x41"', '"\\u12"', '"\\ud800"', '"\0"', '{"a"}', '{a:1}', '[1,]', '{"a":1,}', '1 2', '0123',
];

/** Values that are no containers, most of them JSON. */
export const scalar: fc.Arbitrary<string> = fc.oneof(
  numeral,
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '20',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
    '1.0',
    'true',
    'false',
    'null',
  ),
  hostileText.map((text) => JSON.stringify(text)),
  numeral.map((text) => JSON.stringify(text)),
  fc.constantFrom(...brokenTexts),
);

const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    scalar,
    tie('array'),
    tie('object'),
  ),
  array: fc
    .tuple(space, fc.array(tie('value'), { maxLength: 4 }), space)
    .map(([before, items, after]) => `[${before}${items.join(`${after},`)}${after}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(memberName, space, tie('value')), { maxLength: 4 }), space)
    .map(([before, members, after]) => {
      return `{${before}${members.map(([name, gap, item]) => `${name}${gap}:${gap}${item}`).join(',')}${after}}`;
    }),
}));

/** JSON of any shape, with names given twice, and what only looks like JSON. */
export const jsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: value },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: nested(value) },
);

/** Thousands of levels, closed or not. */
function nested(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const brackets = fc.constantFrom<[string, string]>(
    ['[', ']'],
    ['{"a":', '}'],
    ['[[[{"b":[', ']}]]]'],
    ['[', '}'],
  );
  return fc
    .tuple(brackets, fc.constantFrom(1, 2, 50, 97, 100, 2_000), inner, fc.boolean())
    .map(
      ([[open, close], depth, text, closed]) =>
        open.repeat(depth) + text + (closed ? close.repeat(depth) : ''),
    );
}

/** Bytes that no UTF-8 has: overlong forms, surrogates, lone and missing continuations, past the last code point. */
const foreignBytes = fc
  .constantFrom(
    [0xff],
    [0xc0, 0x80],
    [0xc1, 0xa1],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0x80],
    [0xe4],
    [0],
  )
  .map((bytes) => Buffer.from(bytes));

/** The text as bytes: as they are, or with a byte order mark, foreign bytes, a missing end or something behind it. */
export function asBytes(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const utf8 = text.map((json) => Buffer.from(json, 'utf8'));
  const cut = fc.tuple(utf8, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % (bytes.length + 1)));
  const split = fc.tuple(utf8, foreignBytes, fc.nat()).map(([bytes, foreign, at]) => {
    const index = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, index), foreign, bytes.subarray(index)]);
  });
  const behind = fc.tuple(utf8, fc.constantFrom(' ', '\0', 'x', '{}', '\n\n', ',', ';', '\ufeff'));
  const before = fc.tuple(fc.constantFrom('\ufeff', '\ufeff\ufeff', '\0', '\u00a0', ")]}',\n", ' '), utf8);
  return fc.oneof(
    { weight: 12, arbitrary: utf8 },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: split },
    { weight: 1, arbitrary: behind.map(([bytes, end]) => Buffer.concat([bytes, Buffer.from(end)])) },
    { weight: 1, arbitrary: before.map(([start, bytes]) => Buffer.concat([Buffer.from(start), bytes])) },
    { weight: 1, arbitrary: utf8.map((bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le')) },
  );
}
