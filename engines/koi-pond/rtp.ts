import {
  BUY_PRICE_MILLIONTHS,
  FREE_SPINS,
  GAMBLE_LIMIT_MILLIONTHS,
  MULTIPLIER_WEIGHTS,
  MULTIPLIERS,
  REELS,
  ROWS,
  SCATTER,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
  WAY_PAYS,
  WILD,
} from './assembly/maths.ts';

/** The game's figures are computed from its reels and pays and from nothing of its code. */
export interface Figures {
  /** Returns of the price: exact, then rounded down. Gambling is even, so it changes nothing about the first one. */
  readonly baseRtpMillionths: bigint;
  readonly buyRtpMillionths: bigint;
  /** The most that one spin can win before it is multiplied. */
  readonly maxSpinMillionths: bigint;
  readonly baseMaxWinMillionths: bigint;
  readonly buyMaxWinMillionths: bigint;
  readonly gambleMaxWinMillionths: bigint;
  /** How many paid spins in a million win something at once, and how many win the free spins. */
  readonly hitsPerMillion: bigint;
  readonly triggersPerMillion: bigint;
  /** Rounds that have free spins, of 1. */
  readonly triggerFrequency: number;
  /** Rounds that win anything, with their free spins, of 1. */
  readonly baseHitFrequency: number;
  readonly buyHitFrequency: number;
  /** What one spin pays on average before it is multiplied, and the mean multiplier of a free spin. */
  readonly spinPay: number;
  readonly meanMultiplier: number;
}

/**
 * Counts how often each pay comes up in one full cycle of the reels, without and with the free spins, in millionths.
 */
export interface Cycle {
  readonly combinations: bigint;
  readonly plain: ReadonlyMap<number, bigint>;
  readonly triggering: ReadonlyMap<number, bigint>;
}

/** What matters of one reel's window: how often each of the symbols is in it, wilds included, and the scatters. */
interface Stop {
  readonly counts: readonly number[];
  readonly scatters: number;
  /** Stops that are alike. */
  readonly stops: bigint;
}

/** Goes through every combination of stops; those that show as many of the first reel's symbols count together. */
export function enumerateCycle(): Cycle {
  const plain = new Map<number, bigint>();
  const triggering = new Map<number, bigint>();
  for (const first of windowsOf(0)) {
    const symbols = [...new Set(first)].filter((symbol) => symbol !== SCATTER);
    const reels = REELS.map((_, reel) => groupStops(reel === 0 ? [first] : windowsOf(reel), reel, symbols));
    walk({ symbols, reels, plain, triggering }, 0, [], 0, 1n);
  }
  const combinations = REELS.reduce((product, { length }) => product * BigInt(length), 1n);
  return { combinations, plain, triggering };
}

interface Walk {
  readonly symbols: readonly number[];
  readonly reels: readonly (readonly Stop[])[];
  readonly plain: Map<number, bigint>;
  readonly triggering: Map<number, bigint>;
}

function walk(walked: Walk, reel: number, shown: readonly Stop[], scatters: number, ways: bigint): void {
  const stops = walked.reels[reel];
  if (stops !== undefined) {
    for (const stop of stops)
      walk(walked, reel + 1, [...shown, stop], scatters + stop.scatters, ways * stop.stops);
    return;
  }
  const pay = walked.symbols.reduce(
    (sum, symbol, index) =>
      sum +
      payOf(
        symbol,
        shown.map(({ counts }) => counts[index] ?? 0),
      ),
    0,
  );
  const pays = scatters >= SCATTERS_TO_TRIGGER ? walked.triggering : walked.plain;
  pays.set(pay, (pays.get(pay) ?? 0n) + ways);
}

/** `counts`: how many cells of each reel the symbol can be in. */
function payOf(symbol: number, counts: readonly number[]): number {
  const end = counts.indexOf(0);
  const run = end === -1 ? counts.length : end;
  const ways = counts.slice(0, run).reduce((product, count) => product * count, 1);
  return run === 0 ? 0 : ways * (WAY_PAYS[symbol]?.[run - 1] ?? 0);
}

function windowsOf(reel: number): number[][] {
  const strip = (REELS[reel] ?? '').split('').map((letter) => SYMBOLS.indexOf(letter));
  if (reel === 0 && strip.includes(WILD))
    throw new Error('A run could begin with a wild; this counts none that do');
  return strip.map((_, stop) =>
    Array.from({ length: ROWS }, (__, row) => strip[(stop + row) % strip.length] ?? -1),
  );
}

function groupStops(windows: readonly number[][], reel: number, symbols: readonly number[]): Stop[] {
  const groups = new Map<string, Stop>();
  for (const cells of windows) {
    const counts = symbols.map(
      (symbol) => cells.filter((cell) => cell === symbol || (reel > 0 && cell === WILD)).length,
    );
    const scatters = cells.filter((cell) => cell === SCATTER).length;
    const key = `${counts.join()} ${scatters}`;
    groups.set(key, { counts, scatters, stops: (groups.get(key)?.stops ?? 0n) + 1n });
  }
  return [...groups.values()];
}

export function computeFigures(): Figures {
  const { combinations, plain, triggering } = enumerateCycle();
  const triggers = countOf(triggering);
  const spinPay = payTotal(plain) + payTotal(triggering);
  const weights = BigInt(MULTIPLIER_WEIGHTS.reduce((sum, weight) => sum + weight, 0));
  const multiplied = MULTIPLIERS.reduce(
    (sum, by, index) => sum + BigInt(by * (MULTIPLIER_WEIGHTS[index] ?? 0)),
    0n,
  );
  // What the free spins pay on average is this over combinations * weights.
  const bonus = BigInt(FREE_SPINS) * spinPay * multiplied;
  const lost = Number(plain.get(0) ?? 0n) / Number(combinations);
  const lostTriggers = Number(triggering.get(0) ?? 0n) / Number(combinations);
  const maxSpin = Math.max(...plain.keys(), ...triggering.keys());
  const maxBonus = FREE_SPINS * maxSpin * Math.max(...MULTIPLIERS);
  const baseMax = Math.max(...plain.keys(), Math.max(...triggering.keys()) + maxBonus);
  return {
    baseRtpMillionths:
      (spinPay * combinations * weights + triggers * bonus) / (combinations * combinations * weights),
    buyRtpMillionths: (bonus * 1_000_000n) / (combinations * weights * BigInt(BUY_PRICE_MILLIONTHS)),
    maxSpinMillionths: BigInt(maxSpin),
    baseMaxWinMillionths: BigInt(baseMax),
    buyMaxWinMillionths: BigInt(maxBonus),
    gambleMaxWinMillionths: BigInt(Math.max(baseMax, GAMBLE_LIMIT_MILLIONTHS)),
    hitsPerMillion:
      ((combinations - (plain.get(0) ?? 0n) - (triggering.get(0) ?? 0n)) * 1_000_000n) / combinations,
    triggersPerMillion: (triggers * 1_000_000n) / combinations,
    triggerFrequency: Number(triggers) / Number(combinations),
    baseHitFrequency: 1 - (lost + lostTriggers * (lost + lostTriggers) ** FREE_SPINS),
    buyHitFrequency: 1 - (lost + lostTriggers) ** FREE_SPINS,
    spinPay: Number(spinPay) / Number(combinations) / 1e6,
    meanMultiplier: Number(multiplied) / Number(weights),
  };
}

function payTotal(pays: ReadonlyMap<number, bigint>): bigint {
  return [...pays].reduce((sum, [pay, ways]) => sum + BigInt(pay) * ways, 0n);
}

function countOf(pays: ReadonlyMap<number, bigint>): bigint {
  return [...pays.values()].reduce((sum, ways) => sum + ways, 0n);
}

if (import.meta.main) console.log(computeFigures());
