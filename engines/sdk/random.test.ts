import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileRandomProbe, keyStreamWords, type RandomProbe, ReferenceRandom } from './random.fixture.ts';

let probe: RandomProbe;
beforeAll(async () => {
  probe = await compileRandomProbe();
});

const seed = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonces = fc.bigInt(0n, 2n ** 64n - 1n);

describe('the random stream of a step', () => {
  it('is the key stream from block 0, under a nonce of four zero bytes and the step index', () => {
    fc.assert(
      fc.property(seeds, nonces, (key, stepIndex) => {
        probe.startStep(key, stepIndex);
        const words = Array.from({ length: 40 }, () => probe.next());
        expect(words).toEqual(keyStreamWords(key, stepIndex, 40));
      }),
    );
  });

  it('begins anew with every step, whatever an earlier step drew', () => {
    probe.startStep(seed, 1n);
    const first = Array.from({ length: 20 }, () => probe.next());
    probe.startStep(seed, 2n);
    probe.next();
    probe.startStep(seed, 1n);
    expect(Array.from({ length: 20 }, () => probe.next())).toEqual(first);
  });
});

describe('a uniform integer', () => {
  it('is below its bound, and is drawn from the words that rejection leaves', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 0xffff_ffff }), (key, bound) => {
        probe.startStep(key, 0n);
        const reference = new ReferenceRandom(key, 0n, 256);
        const drawn = Array.from({ length: 8 }, () => probe.below(bound));
        expect(drawn).toEqual(Array.from({ length: 8 }, () => reference.below(bound)));
      }),
    );
  });

  it('maps equally many words to each answer', () => {
    // 3 x 2^30: a scaling without rejection would answer multiples of 3 twice as often as the rest.
    const bound = 3 * 2 ** 30;
    const draws = 60_000;
    const remainders = [0, 0, 0];
    probe.startStep(seed, 3n);
    for (let draw = 0; draw < draws; draw++) {
      const remainder = probe.below(bound) % 3;
      remainders[remainder] = (remainders[remainder] ?? 0) + 1;
    }
    expect(chiSquare(remainders, draws / 3)).toBeLessThan(13.8);
  });

  it.each([2, 3, 10, 33, 37])('is even over %i answers', (bound) => {
    const draws = 100_000;
    const counts = Array.from({ length: bound }, () => 0);
    probe.startStep(seed, BigInt(bound));
    for (let draw = 0; draw < draws; draw++) {
      const answer = probe.below(bound);
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
    // Wilson and Hilferty's approximation of the chi-square quantile at one in a thousand.
    const freedom = bound - 1;
    const limit = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(chiSquare(counts, draws / bound)).toBeLessThan(limit);
  });

  it('traps where its bound is zero', () => {
    probe.startStep(seed, 0n);
    expect(() => probe.below(0)).toThrow(WebAssembly.RuntimeError);
  });
});

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
