import {
  FREE_SPIN_MULTIPLIER,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  LINES,
  REELS,
  ROWS,
  SCATTER,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
} from './assembly/maths.ts';

/** The game's figures are computed from its constants and from nothing of its code. */
export interface Figures {
  /** Exact, then rounded down. */
  readonly rtpMillionths: bigint;
  readonly maxSpinLineBets: number;
  readonly maxWinMillionths: bigint;
  /** What the paid spin returns, and what its free spins do. */
  readonly baseRtp: number;
  readonly freeSpinsRtp: number;
  /** Rounds that win anything, with their free spins, and rounds that have them: both of 1. */
  readonly hitFrequency: number;
  readonly triggerFrequency: number;
}

/** Goes through every combination of stops once, which is one full cycle of the reels. */
export function computeFigures(): Figures {
  const pays = cycle().map((reels) => ({ pay: payOf(reels), triggers: triggersOn(reels) }));
  const all = BigInt(pays.length);
  const total = pays.reduce((sum, { pay }) => sum + pay, 0);
  const triggers = pays.filter((spin) => spin.triggers).length;
  const lost = pays.filter((spin) => spin.pay === 0 && !spin.triggers).length / pays.length;
  const lostTriggers = pays.filter((spin) => spin.pay === 0 && spin.triggers).length / pays.length;
  const maxSpin = Math.max(...pays.map(({ pay }) => pay));
  const maxTrigger = Math.max(...pays.filter((spin) => spin.triggers).map(({ pay }) => pay));
  const freeSpins = FREE_SPINS * FREE_SPIN_MULTIPLIER;
  // The paid spin, and where it triggers, every free spin with what a spin pays on average.
  const spinsWorth = BigInt(total) * all + BigInt(triggers * freeSpins) * BigInt(total);
  return {
    rtpMillionths: (spinsWorth * BigInt(LINE_BET_MILLIONTHS)) / (all * all),
    maxSpinLineBets: maxSpin,
    maxWinMillionths: BigInt(Math.max(maxSpin, maxTrigger + freeSpins * maxSpin) * LINE_BET_MILLIONTHS),
    baseRtp: betsOf(total / pays.length),
    freeSpinsRtp: betsOf((total / pays.length) * freeSpins * (triggers / pays.length)),
    hitFrequency: 1 - (lost + lostTriggers * (lost + lostTriggers) ** FREE_SPINS),
    triggerFrequency: triggers / pays.length,
  };
}

function betsOf(lineBets: number): number {
  return (lineBets * LINE_BET_MILLIONTHS) / 1e6;
}

/** What each reel shows, from the top. */
type Windows = readonly string[];

function cycle(): Windows[] {
  return REELS.reduce<string[][]>(
    (before, strip) =>
      before.flatMap((reels) =>
        strip.split('').map((_, stop) => [...reels, `${strip}${strip}`.slice(stop, stop + ROWS)]),
      ),
    [[]],
  );
}

/** Adds up what all lines pay, in line bets. */
export function payOf(reels: Windows): number {
  return LINES.reduce((sum, line) => {
    const shown = line.split('').map((row, reel) => reels[reel]?.[Number(row)] ?? '');
    const end = shown.findIndex((symbol) => symbol !== shown[0]);
    const run = end === -1 ? shown.length : end;
    return sum + (LINE_PAYS[SYMBOLS.indexOf(shown[0] ?? '')]?.[run - 1] ?? 0);
  }, 0);
}

export function triggersOn(reels: Windows): boolean {
  const scatters = reels
    .join('')
    .split('')
    .filter((symbol) => symbol === SYMBOLS[SCATTER]);
  return scatters.length >= SCATTERS_TO_TRIGGER;
}

if (import.meta.main) console.log(computeFigures());
