import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST_CHARACTER = 0x10ffff;

/**
 * Any character of Unicode, as the unit of a text. The library has the same one as `binary`, but it lists all million of
 * them first. That takes each test file a second of processor time.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(LAST_CHARACTER - SURROGATES).map(
  (index) => String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES),
  (character) => {
    const [only, ...more] = typeof character === 'string' ? character : '';
    const code = only?.codePointAt(0);
    if (code === undefined || more.length > 0) throw new Error('That is no single character');
    return code < FIRST_SURROGATE ? code : code - SURROGATES;
  },
);
