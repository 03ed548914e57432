import type { ConvergencePoint } from './report.ts';
import { ratio } from './statistics.ts';
import type { Tally } from './tally.ts';

/** A stretch of a run: rounds `first` to `first + rounds - 1` of its seed. */
export interface Stretch {
  readonly first: number;
  readonly rounds: number;
}

/** What a part of a run paid, in millionths of the base bet: a point of the convergence. */
export interface PartPayout {
  readonly rounds: bigint;
  readonly payout: bigint;
}

const POINTS = 100;
/** Short enough that every worker is busy to the end, and far below what a simulation takes in one call (2^24). */
const LONGEST_PART = 1_000_000;

/** Rounds in each part of a run but the last. It follows from the run alone, and so do the points of the convergence. */
export function partLengthOf(rounds: number): number {
  return Math.min(LONGEST_PART, Math.ceil(rounds / POINTS));
}

/** Cuts a stretch into pieces of `length`, in order; the last one may be shorter. */
export function cut({ first, rounds }: Stretch, length: number): Stretch[] {
  return Array.from({ length: Math.ceil(rounds / length) }, (_, index) => ({
    first: first + index * length,
    rounds: Math.min(length, rounds - index * length),
  }));
}

/** What is simulated by itself beyond one machine: whole parts of the run, about `wantedRounds` in each. */
export function shardsOf(rounds: number, wantedRounds: number): Stretch[] {
  return cut({ first: 0, rounds }, shardLengthOf(rounds, wantedRounds));
}

export function shardLengthOf(rounds: number, wantedRounds: number): number {
  const part = partLengthOf(rounds);
  return Math.max(1, Math.round(wantedRounds / part)) * part;
}

/** What a simulated part paid. */
export function payoutOf({ rounds, basePayout, bonusPayout }: Tally): PartPayout {
  return { rounds, payout: basePayout + bonusPayout };
}

/** The return over the parts so far, after about every hundredth of the run. */
export function convergenceOf(parts: readonly PartPayout[], priceMillionths: bigint): ConvergencePoint[] {
  let rounds = 0n;
  let payout = 0n;
  const points = parts.map((part) => {
    rounds += part.rounds;
    payout += part.payout;
    return { rounds: Number(rounds), rtp: ratio(payout, rounds * priceMillionths) };
  });
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, index) => (index + 1) % every === 0 || index === points.length - 1);
}
