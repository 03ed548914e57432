import type { SimulationResult } from '../engines/simulation.ts';

/**
 * The sums of simulated rounds of one mode. Payouts are in millionths of the base bet, and squares are their squares.
 */
export type Tally = SimulationResult;

/** Adds up parts of one run. The sum does not depend on their order or on how the run was cut. */
export function mergeTallies(parts: readonly Tally[]): Tally {
  const [first, ...rest] = parts;
  if (!first) throw new RangeError('There is nothing to add up');
  return rest.reduce(add, first);
}

function add(left: Tally, right: Tally): Tally {
  if (left.histogram.length !== right.histogram.length) throw new RangeError('The histograms differ');
  return {
    rounds: left.rounds + right.rounds,
    hits: left.hits + right.hits,
    bonuses: left.bonuses + right.bonuses,
    bonusSteps: left.bonusSteps + right.bonusSteps,
    basePayout: left.basePayout + right.basePayout,
    bonusPayout: left.bonusPayout + right.bonusPayout,
    maxWin: left.maxWin > right.maxWin ? left.maxWin : right.maxWin,
    baseSquares: left.baseSquares + right.baseSquares,
    bonusSquares: left.bonusSquares + right.bonusSquares,
    roundSquares: left.roundSquares + right.roundSquares,
    histogram: left.histogram.map(({ fromMillionths, rounds }, index) => {
      const other = right.histogram[index];
      if (other?.fromMillionths !== fromMillionths) throw new RangeError('The histograms differ');
      return { fromMillionths, rounds: rounds + other.rounds };
    }),
  };
}
