import fc from 'fast-check';
import { anyCharacter } from '../../shared/foundation/any-character.fixture.ts';

/** Names that every object inherits. */
export const inheritedName = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'toJSON',
  'then',
  'length',
);

/** What separates the parts of keys, paths, headers and logs somewhere. */
// biome-ignore format: a list reads better packed
const delimiters = [
  '#', '/', '\\', '%23', '%2F', '%00', '\n', '\r\n', '\t', ' ', '\0', '|', ':', ',', ';', '..', '../', '*', '@', '+',
  "'", '"', '`', '${x}', '{{x}}', '$ne', '<', '>', '&', '?', '=',
];
const delimiter = fc.constantFrom(...delimiters);

/** Looks like ASCII, or is not seen at all. */
// biome-ignore format: a list reads better packed
const lookAlikes = [
  'а', 'е', 'о', 'р', 'ѕ', 'і', 'Α', 'Ⅰ', 'ａ', 'Ａ', '１', '０', '．', '－', '＃', '٣', '൫', '𝟏', '𝒂', 'ﬀ', 'ß', 'İ', 'ı',
  '\u200b', '\u200d', '\u202e', '\u2066', '\u00ad', '\ufeff', '\u0301', '\u0335', '\u2028', '\u2029', '\u0085', '\u00a0',
  '\u3000', '\ud800', '\udc00', '\ufffd', '\u{10ffff}',
];
const lookAlike = fc.constantFrom(...lookAlikes);

const long = fc
  .tuple(
    fc.constantFrom('a', '0', '9', 'ä', '\\', '"', ' ', '#', '𝟏'),
    fc.constantFrom(33, 65, 129, 513, 4_000),
  )
  .map(([unit, times]) => unit.repeat(times));

/** Any text, most of it chosen to be mistaken for something else. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  inheritedName,
  delimiter,
  lookAlike,
  long,
  fc.constantFrom('', 'null', 'undefined', 'NaN', 'true', '0', '-0', '[object Object]'),
  fc.string({ unit: anyCharacter, maxLength: 12 }),
);

/** A valid text with something foreign in it: at its start, at its end or anywhere between. */
export function spoilt(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const foreign = fc.oneof(
    delimiter,
    lookAlike,
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 3 }),
  );
  return fc.tuple(valid, foreign, fc.nat(), fc.boolean()).map(([text, extra, at, replaces]) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + extra + text.slice(index + (replaces ? extra.length : 0));
  });
}

const digits = fc.stringMatching(/^[0-9]{1,6}$/);
/** 18 digits and their neighbours, at every number of decimals. */
const limits = fc
  .tuple(
    fc.constantFrom('9', '1', '10', '99'),
    fc.constantFrom('0', '9'),
    fc.nat(40),
    fc.constantFrom(0, 0, 2, 3, 8, 17, 18, 19, 36),
  )
  .map(([head, filler, zeros, decimals]) => {
    const integer = head + filler.repeat(zeros);
    return decimals === 0 ? integer : `${integer}.${filler.repeat(decimals)}`;
  });

// biome-ignore format: a list reads better packed
const oddNumerals = [
  '1e2', '1E2', '1e-2', '1e+2', '1e400', '0x1', '0b1', '0o1', '+1', '-1', '-0', '--1', ' 1', '1 ', '1\n', '1n', '1_000',
  '1.', '.5', '.', '', '1..0', '1.0.0', '1,000.00', '1,00', '01', '00', '00.10', '1.00 EUR', '€1', 'Infinity', '-Infinity',
  'NaN', '１.００', '١', '1．00', '1.0\u200b0', '9007199254740993', '18446744073709551616', '0.1', '0.10', '0.100', '1.005',
  '0.000000000000000001', '9'.repeat(400), `0.${'0'.repeat(400)}1`,
];

/** Text that some reader takes for a number: amounts in all the forms that are none, and some that are. */
export const numeral: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(digits, digits).map(([integer, fraction]) => `${integer}.${fraction}`),
  digits,
  limits,
  fc.constantFrom(...oddNumerals),
);
