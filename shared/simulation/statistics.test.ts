import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquare, chiSquareTail, momentsOf, normalTail, quantileFor, ratio } from './statistics.ts';
import { mergeTallies, type Tally } from './tally.ts';

const MILLION = 1_000_000n;

function tallyOf(wins: readonly bigint[]): Tally {
  const squares = wins.reduce((sum, win) => sum + win * win, 0n);
  return {
    rounds: BigInt(wins.length),
    hits: BigInt(wins.filter((win) => win > 0n).length),
    bonuses: 0n,
    bonusSteps: 0n,
    basePayout: wins.reduce((sum, win) => sum + win, 0n),
    bonusPayout: 0n,
    maxWin: wins.reduce((most, win) => (win > most ? win : most), 0n),
    baseSquares: squares,
    bonusSquares: 0n,
    roundSquares: squares,
    histogram: [
      { fromMillionths: 0n, rounds: BigInt(wins.filter((win) => win === 0n).length) },
      { fromMillionths: 1n, rounds: BigInt(wins.filter((win) => win > 0n).length) },
    ],
  };
}

describe('The moments of a run', () => {
  it('The moments are those of the textbook for the wins, in prices of the round', () => {
    const wins = [0n, 0n, 5n * MILLION, MILLION, 0n];
    const { mean, standardDeviation, standardError } = momentsOf(tallyOf(wins), 2n * MILLION);
    expect(mean).toBeCloseTo(0.6, 12);
    // The deviations from 0.6 have the squares 0.36, 0.36, 3.61, 0.01 and 0.36. Their sum is divided by 4.
    expect(standardDeviation).toBeCloseTo(Math.sqrt(4.7 / 4), 12);
    expect(standardError).toBeCloseTo(Math.sqrt(4.7 / 4 / 5), 12);
  });

  it('The moments keep every digit of sums that no number holds exactly', () => {
    expect(ratio(10n ** 40n + 1n, 10n ** 40n)).toBe(1);
    expect(ratio(2n ** 100n, 2n ** 101n)).toBe(0.5);
  });

  it('The moments of the whole are the same, wherever the run was cut', () => {
    const win = fc.bigInt(0n, 10n ** 13n);
    fc.assert(
      fc.property(fc.array(win, { minLength: 2, maxLength: 30 }), fc.nat(), (wins, at) => {
        const cut = 1 + (at % (wins.length - 1));
        const parts = [tallyOf(wins.slice(cut)), tallyOf(wins.slice(0, cut))];
        expect(mergeTallies(parts)).toEqual(tallyOf(wins));
      }),
    );
  });
});

/** The figures are from the NIST/SEMATECH e-Handbook of Statistical Methods, tables 1.3.6.7.1 and 1.3.6.7.4. */
describe('The distributions', () => {
  it.each([
    [3.841, 1, 0.05],
    [6.635, 1, 0.01],
    [11.07, 5, 0.05],
    [23.209, 10, 0.01],
    [124.342, 100, 0.05],
    [135.807, 100, 0.01],
  ])(
    'The distribution agrees with the tables of NIST: chi-square %d with %d degrees of freedom',
    (statistic, degreesOfFreedom, tail) => {
      expect(chiSquareTail(statistic, degreesOfFreedom)).toBeCloseTo(tail, 4);
    },
  );

  it('The distribution agrees with the tables of NIST: the normal quantiles of 90, 95 and 99 %', () => {
    expect([0.9, 0.95, 0.99].map((confidence) => quantileFor(confidence).toFixed(3))).toEqual([
      '1.645',
      '1.960',
      '2.576',
    ]);
    expect(normalTail(-1.96)).toBeCloseTo(0.05, 4);
  });
});

describe('A chi-square test', () => {
  it('A chi-square test is certain about counts that fit their weights exactly, and about counts that do not', () => {
    expect(chiSquare([100, 200, 300], [1, 2, 3])).toEqual({ statistic: 0, degreesOfFreedom: 2, pValue: 1 });
    expect(chiSquare([150, 150, 300], [1, 2, 3]).pValue).toBeLessThan(1e-6);
  });

  it('A chi-square test counts rare categories together', () => {
    expect(chiSquare([50, 50, 1, 1, 1, 2], [50, 50, 1, 1, 1, 2]).degreesOfFreedom).toBe(2);
    expect(chiSquare([60, 40, 1, 0], [60, 40, 0.5, 0.5]).degreesOfFreedom).toBe(1);
  });

  it('A chi-square test does not expect a category that cannot come', () => {
    expect(chiSquare([50, 50, 0], [1, 1, 0])).toMatchObject({ statistic: 0 });
  });
});
