import { beforeAll, describe, expect, it } from 'vitest';
import { gatherEvidence, mostRefused } from './evidence.ts';
import { roundStream, seedsFrom, type Words } from './stream.ts';

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

  it('are the same for the same seeds, and others for fresh ones', async () => {
    const take = async (seeds?: (round: number) => Uint8Array) => {
      const next = await roundStream(seeds);
      return Array.from({ length: 20 }, next);
    };
    expect(await take(seedsFrom('a'))).toEqual(await take(seedsFrom('a')));
    expect(await take()).not.toEqual(await take());
  });
});

describe('a source that is not random enough', () => {
  let fair: Words;
  beforeAll(async () => {
    fair = await roundStream(seedsFrom('fair'));
  });

  it('because one bit is set too often is found by the bits', () => {
    expect(failed(() => (fair() % 4 === 0 ? fair() | 0x10 : fair()) >>> 0)).toContain('chi-square');
  });

  it('because rounds share their seeds is found', async () => {
    expect(failed(await roundStream((round) => seedsFrom('few')(round % 40)))).not.toEqual([]);
  });

  it('because each half byte leans towards the one before is found by pairs', () => {
    const leaning: Words = () => {
      const word = fair();
      return (fair() % 8 === 0 ? (word & 0xffff_ff0f) | ((word & 15) << 4) : word) >>> 0;
    };
    expect(failed(leaning)).toContain('serial');
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
});
