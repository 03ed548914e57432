import type { ConvergencePoint } from './report.ts';
import { ratio } from './statistics.ts';
import type { Tally } from './tally.ts';

/** A stretch of a run has rounds `first` to `first + rounds - 1` of its seed. */
export interface Stretch {
  readonly first: number;
  readonly rounds: number;
}

/** A part of a run paid this sum, in millionths of the base bet. It is a point of the convergence. */
export interface PartPayout {
  readonly rounds: bigint;
  readonly payout: bigint;
}

const POINTS = 100;
/** A part is so short that every worker is busy to the end. It is far below the 2^24 rounds of one call. */
const LONGEST_PART = 1_000_000;

/**
 * Computes the rounds in each part of a run except the last. It follows from the run alone, and so do the points of the
 * convergence.
 */
export function partLengthOf(rounds: number): number {
  return Math.min(LONGEST_PART, Math.ceil(rounds / POINTS));
}

/** Cuts a stretch into pieces of `length`, in order. The last one may be shorter. */
export function cut({ first, rounds }: Stretch, length: number): Stretch[] {
  return Array.from({ length: Math.ceil(rounds / length) }, (_, index) => ({
    first: first + index * length,
    rounds: Math.min(length, rounds - index * length),
  }));
}

/** Cuts a run beyond one machine into shards. Each has whole parts of the run, and about `wantedRounds`. */
export function shardsOf(rounds: number, wantedRounds: number): Stretch[] {
  return cut({ first: 0, rounds }, shardLengthOf(rounds, wantedRounds));
}

export function shardLengthOf(rounds: number, wantedRounds: number): number {
  const part = partLengthOf(rounds);
  return Math.max(1, Math.round(wantedRounds / part)) * part;
}

/** Computes what a simulated part paid. */
export function payoutOf({ rounds, basePayout, bonusPayout }: Tally): PartPayout {
  return { rounds, payout: basePayout + bonusPayout };
}

/** Computes the return over the parts so far, after about every hundredth of the run. */
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
