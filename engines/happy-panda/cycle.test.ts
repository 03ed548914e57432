import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASE_REELS, FREE_REELS } from './assembly/maths.ts';
import { enumerateCycle } from './cycle.ts';
import { payOfGrid, scattersOf } from './paytable.fixture.ts';

const strip = (letters: string) =>
  fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: 3, maxLength: 6 });
const fiveStrips = fc.tuple(strip('SPAK'), strip('WSPAK'), strip('WSPAK'), strip('WSPAK'), strip('PAK'));

describe('the enumeration of a cycle', () => {
  it('counts the same pays as trying every combination of stops', () => {
    fc.assert(
      fc.property(fiveStrips, (strips) => {
        fc.pre(strips.every((letters) => !showsTwoScatters(letters)));
        const { plain, triggering } = enumerateCycle(strips);
        expect({ plain, triggering }).toEqual(tryEveryStop(strips));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['paid spin', BASE_REELS],
    ['free spin', FREE_REELS],
  ])('accounts for every combination of a %s', (_, strips) => {
    const { combinations, plain, triggering } = enumerateCycle(strips);
    const counted = [...plain.values(), ...triggering.values()].reduce((sum, ways) => sum + ways, 0);
    expect(counted).toBe(combinations);
    expect(combinations).toBe(strips.reduce((product, { length }) => product * length, 1));
  });

  it('refuses a wild on the first reel, whose runs it would miscount', () => {
    expect(() => enumerateCycle(['WPA', 'PAK', 'PAK', 'PAK', 'PAK'])).toThrow('wild');
  });
});

function windowsOf(strip: string): string[] {
  return strip.split('').map((_, stop) => `${strip}${strip}`.slice(stop, stop + 3));
}

function showsTwoScatters(strip: string): boolean {
  return windowsOf(strip).some((letters) => scattersOf([letters]) > 1);
}

function tryEveryStop(strips: readonly string[]) {
  const plain = new Map<number, number>();
  const triggering = new Map<number, number>();
  const grids = strips.reduce<string[][]>(
    (grids, strip) => grids.flatMap((grid) => windowsOf(strip).map((letters) => [...grid, letters])),
    [[]],
  );
  for (const reels of grids) {
    const rows = [0, 1, 2].map((row) => reels.map((letters) => letters[row]).join(''));
    const pays = scattersOf(rows) >= 3 ? triggering : plain;
    const pay = payOfGrid(rows);
    pays.set(pay, (pays.get(pay) ?? 0) + 1);
  }
  return { plain, triggering };
}
