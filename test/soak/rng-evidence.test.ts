import { beforeEach, describe, expect, it } from 'vitest';
import { gatherEvidence, mostRefused } from '../../engines/certification/rng/evidence.ts';
import { compileRandomProbe, keyStreamWords, opensslKeyStream } from '../../engines/sdk/random.fixture.ts';
import { roundStream, scaled, seedsFrom, type Words } from '../../engines/certification/rng/stream.ts';

const options = { samples: 60, words: 4_096 };

function failed(next: Words): string[] {
  return gatherEvidence(next, options)
    .filter(({ passed }) => !passed)
    .map(({ test }) => test);
}

describe('the words that rounds consume', () => {
  it('pass every test, and have evenly spread p-values', async () => {
    expect(failed(await roundStream(seedsFrom('rounds')))).toEqual([]);
  });

  it('are scaled as the kit scales them', async () => {
    const kit = await compileRandomProbe();
    const words = await compileRandomProbe();
    for (const bound of [1, 33, 37, 2 ** 31 + 1, 2 ** 32 - 1]) {
      const seed = seedsFrom(`scaled ${bound}`)(0);
      kit.startStep(seed, 0n);
      words.startStep(seed, 0n);
      for (let draw = 0; draw < 500; draw += 1) expect(scaled(words.next, bound)).toBe(kit.below(bound));
    }
  });

  it("are the heads of the rounds' streams, a word a reel at least", async () => {
    const seeds: Uint8Array[] = [];
    const next = await roundStream((round) => (seeds[round] = seedsFrom('drawn')(round)));
    const words = Array.from({ length: 40_000 }, next);
    const heads = seeds.map((seed) => keyStreamWords(seed, 0n, 16));
    let at = 0;
    const counts = heads.map((head, round) => {
      const upTo = heads[round + 1]?.[0];
      let count = 0;
      while (words[at] === head[count] && (count < 5 || words[at] !== upTo))
        [count, at] = [count + 1, at + 1];
      return count;
    });
    expect(counts.slice(0, -1).every((count) => count >= 5)).toBe(true);
  });

  it('are the same for the same seeds, and others for fresh ones', async () => {
    const take = async (seeds?: (round: number) => Uint8Array) => {
      const next = await roundStream(seeds);
      return Array.from({ length: 20 }, next);
    };
    expect(await take(seedsFrom('a'))).toEqual(await take(seedsFrom('a')));
    expect(await take()).not.toEqual(await take());
  });
});

/** One long key stream of OpenSSL's. */
function opensslWords(): Words {
  const block = () => {
    counter += 1_024;
    return new Uint32Array(
      new Uint8Array(opensslKeyStream(seedsFrom('fair')(0), counter, new Uint8Array(12), 65_536)).buffer,
    );
  };
  let counter = 0;
  let words = block();
  let used = 0;
  return () => {
    if (used === words.length) [words, used] = [block(), 0];
    used += 1;
    return words[used - 1] ?? 0;
  };
}

describe('a source that is not random enough', () => {
  let fair: Words;
  beforeEach(() => {
    fair = opensslWords();
  });

  it('because one bit is set too often is found by the bits', () => {
    expect(failed(() => (fair() % 4 === 0 ? fair() | 0x10 : fair()) >>> 0)).toContain('chi-square');
  });

  it('because rounds share their seeds is found', async () => {
    expect(failed(await roundStream((round) => seedsFrom('few')(round % 40)))).not.toEqual([]);
  });

  /** Each second of two words, `lag` words apart, has three of the first one's bits where that is in its upper half. */
  function leaning(lag: number): Words {
    let words: number[] = [];
    return () => {
      if (words.length === 0) {
        const first = Array.from({ length: lag }, fair);
        words = [...first, ...first.map((word) => follow(fair(), word))];
      }
      return words.shift() ?? 0;
    };
  }
  const follow = (word: number, led: number) =>
    led < 2 ** 31 ? word : ((word & 0x8fff_ffff) | (led & 0x7000_0000)) >>> 0;

  it('because each reel leans towards the one before is found by pairs', () => {
    expect(failed(leaning(1))).toEqual(['serial']);
  });

  it('because each reel leans towards its stop in the round before is found by pairs of rounds', () => {
    expect(failed(leaning(5))).toEqual(['serial-5']);
  });

  it('because it gives the same bit all along is found', () => {
    expect(failed(() => 0xffff_ffff)).toContain('runs');
  });

  it('because it never repeats a small number soon is found by gaps', () => {
    let last = 0;
    const avoiding: Words = () => {
      let word = fair();
      if (last < 2 ** 32 * 0.1 && fair() % 4 === 0) word = fair();
      last = word;
      return last < 2 ** 32 * 0.1 && fair() % 4 === 0 ? fair() : word;
    };
    expect(failed(avoiding)).toContain('gap');
  });

  it('because it is a linear congruence of 32 bits is found', () => {
    let state = 1;
    expect(
      failed(() => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state;
      }),
    ).not.toEqual([]);
  });

  it('because numbers are scaled by a remainder is found by the scaled ones', () => {
    const sixBits: Words = () => ((fair() % 64) * 2 ** 26) >>> 0;
    expect(failed(sixBits)).toContain('scaled');
  });
});

it('a fair source is refused as often as the binomial distribution allows', () => {
  expect([mostRefused(10), mostRefused(100), mostRefused(1_000)]).toEqual([3, 6, 24]);
  // The mean and 3.72 standard deviations, by the normal approximation.
  expect(Math.abs(mostRefused(1_000_000) - (10_000 + 3.72 * Math.sqrt(9_900)))).toBeLessThan(5);
});
