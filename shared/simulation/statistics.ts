import jstat from 'jstat';
import type { Tally } from './tally.ts';

const { jStat } = jstat;

export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface Moments {
  /** The mean of a round's win, in prices of the round. It is the return to player. */
  readonly mean: number;
  /** The deviation of a round's win, in prices of the round. */
  readonly standardDeviation: number;
  /** The error of the mean after so many rounds. */
  readonly standardError: number;
}

/**
 * Computes the moments of a round's win.
 * @param priceMillionths is the price of a round of the mode, in millionths of the base bet
 */
export function momentsOf(tally: Tally, priceMillionths: bigint): Moments {
  const { rounds, basePayout, bonusPayout, roundSquares } = tally;
  return momentsOfPart({ rounds, payout: basePayout + bonusPayout, squares: roundSquares }, priceMillionths);
}

/** Computes the moments of one part of what rounds win, such as their paid actions alone. */
export function momentsOfPart(
  { rounds, payout, squares }: { readonly rounds: bigint; readonly payout: bigint; readonly squares: bigint },
  priceMillionths: bigint,
): Moments {
  const price = Number(priceMillionths);
  const mean = ratio(payout, rounds * priceMillionths);
  // n·Σx² - (Σx)² is exact; only the last division rounds.
  const variance = rounds > 1n ? ratio(rounds * squares - payout * payout, rounds * (rounds - 1n)) : 0;
  const standardDeviation = Math.sqrt(variance) / price;
  return { mean, standardDeviation, standardError: standardDeviation / Math.sqrt(Number(rounds)) };
}

/** Divides integers of any size, to fifteen digits. */
export function ratio(over: bigint, under: bigint): number {
  if (under === 0n) return 0;
  const scaled = (over * 10n ** 18n) / under;
  return Number(scaled) / 1e18;
}

/** Computes the normal quantile of a two-sided interval: 1.96 for 0.95, 2.576 for 0.99. */
export function quantileFor(confidence: number): number {
  return jStat.normal.inv(0.5 + confidence / 2, 0, 1);
}

export function intervalAround({ mean, standardError }: Moments, confidence: number): Interval {
  const half = quantileFor(confidence) * standardError;
  return { from: mean - half, to: mean + half };
}

export interface ChiSquare {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** The probability that a fair source is at least this far off. */
  readonly pValue: number;
}

/**
 * Tests Pearson's goodness of fit. Categories with an expected count below 5 count together, as the approximation needs
 * it (W. G. Cochran, 1954). An observation that cannot be refutes the weights by itself.
 * @throws RangeError where nothing was observed
 */
export function chiSquare(observed: readonly number[], weights: readonly number[]): ChiSquare {
  const total = sum(observed);
  const weight = sum(weights);
  if (!(total > 0)) throw new RangeError('Nothing was observed');
  const impossible = observed.some((count, index) => count > 0 && (weights[index] ?? 0) === 0);
  if (impossible)
    return { statistic: Number.POSITIVE_INFINITY, degreesOfFreedom: observed.length - 1, pValue: 0 };
  const cells = pooled(observed.map((count, index) => [count, (total * (weights[index] ?? 0)) / weight]));
  const statistic = sum(cells.map(([count, expected]) => (count - expected) ** 2 / expected));
  const degreesOfFreedom = cells.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom) };
}

export function chiSquareTail(statistic: number, degreesOfFreedom: number): number {
  return degreesOfFreedom < 1 ? 1 : 1 - jStat.chisquare.cdf(statistic, degreesOfFreedom);
}

export function normalTail(distance: number): number {
  return 2 * (1 - jStat.normal.cdf(Math.abs(distance), 0, 1));
}

type Cell = readonly [observed: number, expected: number];

function pooled(cells: readonly Cell[]): readonly Cell[] {
  const large = cells.filter(([, expected]) => expected >= 5);
  const small = cells.filter(([, expected]) => expected < 5);
  if (small.length === 0) return large;
  const together: Cell = [sum(small.map(([count]) => count)), sum(small.map(([, expected]) => expected))];
  if (together[1] >= 5 || large.length === 0) return [...large, together];
  const [first = [0, 0], ...rest] = large.toSorted(([, left], [, right]) => left - right);
  return [[first[0] + together[0], first[1] + together[1]], ...rest];
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
