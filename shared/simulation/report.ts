import type { EngineCapabilities, EngineMode } from '../engines/engines.ts';
import {
  type ChiSquare,
  type Interval,
  intervalAround,
  momentsOf,
  momentsOfPart,
  quantileFor,
  ratio,
} from './statistics.ts';
import type { Tally } from './tally.ts';

/** These figures follow from a game's rules alone. They are shares or multiples of the price of a round. */
export interface ExactFigures {
  readonly rtp: number;
  readonly baseRtp: number;
  readonly featureRtp: number;
  readonly hitFrequency: number;
  readonly featureFrequency: number;
}

export interface ReelTest extends ChiSquare {
  readonly reel: string;
  readonly observations: number;
}

/** The return to player over the first `rounds` of the run. */
export interface ConvergencePoint {
  readonly rounds: number;
  readonly rtp: number;
}

/** A report follows from this alone. Nothing in it depends on how the run was spread over workers. */
export interface CertifiedRun {
  readonly capabilities: EngineCapabilities;
  readonly engineSha256: string;
  readonly mode: EngineMode;
  /** It has 32 bytes, in hex. Round i of the run is round i of this seed. */
  readonly seed: string;
  readonly tally: Tally;
  readonly convergence: readonly ConvergencePoint[];
  readonly reels: readonly ReelTest[];
  readonly exact: ExactFigures | undefined;
}

export interface Check {
  readonly check: string;
  readonly passed: boolean;
  readonly detail: string;
}

export type CertificationReport = ReturnType<typeof certificationReport>;

/** The volatility index is this quantile of the normal distribution times the standard deviation: 1.645. */
const VOLATILITY_CONFIDENCE = 0.9;
const MILLIONTHS = 1_000_000n;
/** Declared figures have six decimals, and are rounded down. */
const DECLARED_PRECISION = 1e-6;
/**
 * This is the precision of the return at 99 %, to either side. A less precise run would pass an engine that is far off.
 */
const LEAST_PRECISION = 0.025;

/**
 * Returns, deviations and largest wins are in prices of the round. The histogram is in base bets. Counts are strings.
 */
export function certificationReport(run: CertifiedRun) {
  const { capabilities, mode, tally } = run;
  const { priceMillionths } = mode;
  const moments = momentsOf(tally, priceMillionths);
  const share = (payout: bigint) => ratio(payout, tally.rounds * priceMillionths);
  const inPrices = (millionths: bigint) => ratio(millionths, priceMillionths);
  return {
    format: 1,
    engine: {
      id: capabilities.engineId,
      build: capabilities.buildId,
      sha256: run.engineSha256,
      mode: mode.name,
    },
    run: { seed: run.seed, rounds: tally.rounds.toString(), price_bets: ratio(priceMillionths, MILLIONTHS) },
    declared: {
      rtp: ratio(mode.rtpMillionths, MILLIONTHS),
      max_win: inPrices(mode.maxWinMillionths),
    },
    exact: run.exact && {
      rtp: run.exact.rtp,
      base_rtp: run.exact.baseRtp,
      feature_rtp: run.exact.featureRtp,
      hit_frequency: run.exact.hitFrequency,
      feature_frequency: run.exact.featureFrequency,
    },
    measured: {
      rtp: moments.mean,
      base_rtp: share(tally.basePayout),
      feature_rtp: share(tally.bonusPayout),
      interval_95: intervalAround(moments, 0.95),
      interval_99: intervalAround(moments, 0.99),
      standard_deviation: moments.standardDeviation,
      volatility_index: quantileFor(VOLATILITY_CONFIDENCE) * moments.standardDeviation,
      hit_frequency: ratio(tally.hits, tally.rounds),
      feature_frequency: ratio(tally.bonuses, tally.rounds),
      feature_steps: ratio(tally.bonusSteps, tally.bonuses),
      max_win: inPrices(tally.maxWin),
    },
    odds: oddsOf(tally),
    histogram: tally.histogram.map(({ fromMillionths, rounds }) => ({
      from_bets: ratio(fromMillionths, MILLIONTHS),
      rounds: rounds.toString(),
    })),
    convergence: run.convergence,
    reels: run.reels.map(({ reel, observations, statistic, degreesOfFreedom, pValue }) => ({
      reel,
      observations,
      chi_square: statistic,
      degrees_of_freedom: degreesOfFreedom,
      p_value: pValue,
    })),
    ...verdictOf(run),
  };
}

/** Computes how often a round wins at least so many base bets, for each bucket of the histogram from 1 on. */
function oddsOf({ rounds, histogram }: Tally) {
  return histogram.flatMap(({ fromMillionths }, index) => {
    if (fromMillionths < MILLIONTHS) return [];
    const count = histogram.slice(index).reduce((sum, bucket) => sum + bucket.rounds, 0n);
    const atLeast = ratio(fromMillionths, MILLIONTHS);
    return [
      {
        at_least_bets: atLeast,
        rounds: count.toString(),
        one_in: count === 0n ? null : ratio(rounds, count),
      },
    ];
  });
}

/** The engine is what it claims to be where all of these checks pass. */
function verdictOf(run: CertifiedRun): { readonly passed: boolean; readonly checks: readonly Check[] } {
  const { tally, mode, exact, reels } = run;
  const moments = momentsOf(tally, mode.priceMillionths);
  const interval = intervalAround(moments, 0.99);
  const declared = ratio(mode.rtpMillionths, MILLIONTHS);
  const checks: Check[] = [
    within('declared return lies in the 99 % interval', declared, interval, DECLARED_PRECISION),
    {
      check: 'the run is long enough: the return is known to 2.5 points',
      passed: interval.to - interval.from <= 2 * LEAST_PRECISION,
      detail: `within ${(((interval.to - interval.from) / 2) * 100).toFixed(2)} points`,
    },
    countersAgree(tally),
    {
      check: 'no win above the declared maximum',
      passed: tally.maxWin <= mode.maxWinMillionths,
      detail: `${betsOf(tally.maxWin)} of ${betsOf(mode.maxWinMillionths)} base bets`,
    },
  ];
  if (exact)
    checks.push(
      within('exact return lies in the 99 % interval', exact.rtp, interval),
      ...split(run, exact),
      ...frequencies(run, exact),
    );
  if (exact) {
    const passed = Math.abs(exact.rtp - declared) < DECLARED_PRECISION;
    checks.push({
      check: 'declared return is the exact one',
      passed,
      detail: `declared ${percent(declared)}, exact ${percent(exact.rtp, 8)}`,
    });
  }
  for (const { reel, pValue } of reels) {
    // One reel of many may be off by chance, so they share the level (Bonferroni).
    const level = 0.01 / reels.length;
    const detail = `p = ${pValue.toPrecision(4)}, at least ${Number(level.toPrecision(4))}`;
    checks.push({
      check: `${reel} shows its symbols as often as its strip has them`,
      passed: pValue >= level,
      detail,
    });
  }
  return { passed: checks.every(({ passed }) => passed), checks };
}

/** One part may make up for the other, so that the return as a whole is right. */
function split({ tally, mode }: CertifiedRun, exact: ExactFigures): Check[] {
  const { rounds, basePayout, baseSquares, bonusPayout, bonusSquares } = tally;
  const of = (check: string, expected: number, payout: bigint, squares: bigint): Check => {
    const moments = momentsOfPart({ rounds, payout, squares }, mode.priceMillionths);
    return within(check, expected, intervalAround(moments, 0.99));
  };
  return [
    of('exact return of paid actions lies in the 99 % interval', exact.baseRtp, basePayout, baseSquares),
    of('exact return of the feature lies in the 99 % interval', exact.featureRtp, bonusPayout, bonusSquares),
  ];
}

function countersAgree({ rounds, hits, bonuses, histogram }: Tally): Check {
  const counted = histogram.reduce((sum, bucket) => sum + bucket.rounds, 0n);
  const nothing = histogram[0]?.rounds ?? 0n;
  return {
    check: "the engine's counters agree with each other",
    passed: counted === rounds && hits === rounds - nothing && bonuses <= rounds,
    detail: `${figure(counted)} of ${figure(rounds)} rounds in the histogram, ${figure(hits)} wins and ${figure(nothing)} rounds without`,
  };
}

function frequencies({ tally }: CertifiedRun, exact: ExactFigures): Check[] {
  const of = (check: string, expected: number, count: bigint): Check => {
    const mean = ratio(count, tally.rounds);
    const standardError = Math.sqrt((expected * (1 - expected)) / Number(tally.rounds));
    return within(check, expected, intervalAround({ mean, standardDeviation: 0, standardError }, 0.99));
  };
  return [
    of('exact hit frequency lies in the 99 % interval', exact.hitFrequency, tally.hits),
    of('exact feature frequency lies in the 99 % interval', exact.featureFrequency, tally.bonuses),
  ];
}

function within(check: string, value: number, { from, to }: Interval, precision = 0): Check {
  const passed = value >= from - precision && value <= to + precision;
  return { check, passed, detail: `${percent(value)} in ${percent(from)} … ${percent(to)}` };
}

function percent(share: number, decimals = 4): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

function figure(count: bigint): string {
  return count.toLocaleString('en');
}

function betsOf(millionths: bigint): string {
  return ratio(millionths, MILLIONTHS).toLocaleString('en', { maximumFractionDigits: 6 });
}
