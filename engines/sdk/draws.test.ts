import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileKitProbe, type KitProbe, readWords, wordsAsBytes } from './kit.fixture.ts';
import { ReferenceRandom } from './random.fixture.ts';

let instantiate: () => KitProbe;
let probe: KitProbe;
beforeAll(async () => {
  instantiate = await compileKitProbe();
  probe = instantiate();
});

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const seed = Uint8Array.from({ length: 32 }, (_, index) => index * 5);
const weightLists = fc
  .array(fc.oneof(fc.nat(20), fc.nat(1_000_000)), { minLength: 1, maxLength: 40 })
  .filter((weights) => weights.some((weight) => weight > 0));

function choose(weights: readonly number[], draws: number): number[] {
  probe.give(wordsAsBytes(weights));
  probe.choose(weights.length, draws);
  return readWords(probe.output, draws);
}

function draw(count: number, drawn: number): number[] {
  probe.draw(count, drawn);
  return readWords(probe.output, count);
}

describe('a weighted choice', () => {
  it('takes the outcome whose share of the total has the drawn uniform integer', () => {
    fc.assert(
      fc.property(seeds, weightLists, (key, weights) => {
        const reference = new ReferenceRandom(key, 4n);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        probe.seed(key, 4n);
        const expected = Array.from({ length: 20 }, () => chooseFrom(weights, reference.below(total)));
        expect(choose(weights, 20)).toEqual(expected);
      }),
    );
  });

  it('chooses each outcome as often as its weight says, and never one of weight 0', () => {
    const weights = [1, 0, 2, 3, 0, 4];
    const draws = 10_000;
    probe.seed(seed, 0n);
    const counts = weights.map(() => 0);
    for (const chosen of choose(weights, draws)) counts[chosen] = (counts[chosen] ?? 0) + 1;
    expect([counts[1], counts[4]]).toEqual([0, 0]);
    const distance = weights.reduce((sum, weight, outcome) => {
      const expected = (draws * weight) / 10;
      return expected === 0 ? sum : sum + ((counts[outcome] ?? 0) - expected) ** 2 / expected;
    }, 0);
    // The chi-square quantile at one in a thousand, with three degrees of freedom.
    expect(distance).toBeLessThan(16.3);
  });

  it.each([
    ['no outcome', []],
    ['weights of 0 alone', [0, 0]],
    ['a negative weight', [5, -1]],
    ['a total above 32 bits', [0x7fff_ffff, 0x7fff_ffff, 2]],
  ])('does not exist over %s: the module traps', (_, weights) => {
    const damaged = instantiate();
    damaged.give(wordsAsBytes(weights));
    expect(() => damaged.choose(weights.length, 1)).toThrow(WebAssembly.RuntimeError);
  });

  it('goes up to a total of 32 bits', () => {
    probe.seed(seed, 9n);
    expect(choose([0x7fff_ffff, 0x7fff_ffff, 1], 1_000).every((chosen) => chosen <= 2)).toBe(true);
  });
});

describe('a shuffle', () => {
  it('is that of Fisher and Yates on the step’s stream, and may stop after the items that are drawn', () => {
    const sizes = fc
      .integer({ min: 0, max: 60 })
      .chain((count) => fc.tuple(fc.constant(count), fc.nat(count)));
    fc.assert(
      fc.property(seeds, sizes, (key, [count, drawn]) => {
        const reference = new ReferenceRandom(key, 7n);
        probe.seed(key, 7n);
        expect(draw(count, drawn)).toEqual(shuffleFirst(count, drawn, reference));
      }),
    );
  });

  it('gives every order of four items equally often', () => {
    const rounds = 24_000;
    const counts = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      if (round % 2_000 === 0) probe = instantiate();
      probe.seed(seed, BigInt(round));
      const order = draw(4, 3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = rounds / 24;
    const distance = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(24);
    // One in a thousand, 23 degrees of freedom.
    expect(distance).toBeLessThan(49.7);
  });

  it('traps where it should draw more items than there are', () => {
    expect(() => instantiate().draw(3, 4)).toThrow(WebAssembly.RuntimeError);
  });
});

function chooseFrom(weights: readonly number[], drawn: number): number {
  let below = 0;
  return weights.findIndex((weight) => {
    below += weight;
    return drawn < below;
  });
}

function shuffleFirst(count: number, drawn: number, random: ReferenceRandom): number[] {
  const left = Array.from({ length: count }, (_, item) => item);
  for (let place = 0; place < drawn; place++) {
    const chosen = place + random.below(count - place);
    [left[place], left[chosen]] = [left[chosen] ?? -1, left[place] ?? -1];
  }
  return left;
}
