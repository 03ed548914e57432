import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bonusOfPlainView } from './plain-view.ts';
import { checkView } from './public-view.ts';

/** The view lies in a buffer whose other bytes would go on with it. */
function plain(text: string): boolean | undefined {
  const bytes = new TextEncoder().encode(`"{[${text}}]"0`);
  return bonusOfPlainView(bytes, 3, bytes.length - 4);
}

function isView(text: string, bonusTriggered: boolean): boolean {
  try {
    checkView(text, bonusTriggered);
    return true;
  } catch {
    return false;
  }
}

const values = fc.oneof(
  fc.constantFrom(0, -7, 12, true, null, 'AB/CD', '', [], {}),
  fc.jsonValue({ maxDepth: 1 }),
);
const objects = fc.dictionary(fc.string({ maxLength: 2 }), values, { maxKeys: 3 });
const views = fc
  .record({ outcome: objects, public_state: objects, bonus_triggered: fc.option(objects) })
  .map((view) => JSON.stringify(view));
const pieces = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '-',
  '0',
  '1',
  '.',
  'e',
  'true',
  'null',
  '"a":1',
  ' ',
  '\n',
  '\u0001',
  'é',
];
/** Makes views in which something is cut out or put in. */
const damaged = fc
  .tuple(views, fc.nat(), fc.nat({ max: 4 }), fc.array(fc.constantFrom(...pieces), { maxLength: 3 }))
  .map(([view, at, cut, added]) => {
    const from = at % (view.length + 1);
    return view.slice(0, from) + added.join('') + view.slice(from + cut);
  });

describe('The quick look at a public view', () => {
  it('The quick look accepts views as the kit writes them', () => {
    const grid =
      '{"grid":"AB/CD","wins":[{"symbol":"A","run":3,"lines":[0,-1,12]}],"more":[true,false,null,{},[]]}';
    expect(plain(`{"outcome":${grid},"public_state":${grid},"bonus_triggered":null}`)).toBe(false);
    expect(plain(`{"outcome":${grid},"public_state":{},"bonus_triggered":{"spins":8}}`)).toBe(true);
  });

  it('The quick look accepts nothing that parsing would refuse', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(views, damaged), (text) => {
        const bonus = plain(text);
        if (bonus === undefined) return;
        taken += 1;
        expect([text, isView(text, bonus)]).toEqual([text, true]);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it.each([
    ['a name twice', '{"a":1,"b":2,"a":3}'],
    ['the same name by an escape', '{"a":1,"\\u0061":2}'],
    ['a number with a zero in front', '{"a":01}'],
    ['a minus alone', '{"a":-}'],
    ['a control character', '{"a":"\u0000"}'],
    ['a comma at the end', '{"a":1,}'],
    ['nothing behind a comma', '{"a":[1,]}'],
    ['a letter that is not ASCII', '{"a":"é"}'],
    ['an open string', '{"a":"b}'],
    ['more levels than it follows', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['more names than it keeps', `{${Array.from({ length: 300 }, (_, i) => `"n${i}":1`).join(',')}}`],
  ])('The quick look leaves a view to parsing that has %s', (_, outcome) => {
    expect(plain(`{"outcome":${outcome},"public_state":{},"bonus_triggered":null}`)).toBeUndefined();
  });

  it('The quick look reads to the very end', () => {
    const view = '{"outcome":{},"public_state":{},"bonus_triggered":null}';
    expect(plain(view)).toBe(false);
    for (const after of [' ', '}', ',', 'null']) expect(plain(view + after)).toBeUndefined();
    for (let length = 0; length < view.length; length += 1)
      expect(plain(view.slice(0, length))).toBeUndefined();
  });
});
