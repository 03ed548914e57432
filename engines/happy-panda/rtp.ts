import { ratio } from '../../shared/simulation/statistics.ts';
import {
  BASE_REELS,
  FIRST_MULTIPLIER,
  FREE_REELS,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINES,
  MAX_RETRIGGERS,
  MORE_FREE_SPINS,
} from './assembly/maths.ts';
import { type Cycle, enumerateCycle } from './cycle.ts';

/** The game's figures are computed from its reels and paytable and from nothing of its code. */
export interface Figures {
  /** The return to the player as it is declared: rounded down. */
  readonly rtpMillionths: bigint;
  /** Returns to the player, of the base bet. */
  readonly rtp: number;
  readonly baseRtp: number;
  readonly bonusRtp: number;
  /** Of the paid spins, those that win something themselves, and those that trigger the bonus. */
  readonly hitFrequency: number;
  readonly triggerFrequency: number;
  /** What a bonus is worth on average, in base bets. */
  readonly bonusBets: number;
  /** The most that a paid round and its bonus can win together. */
  readonly maxWinMillionths: bigint;
  /** The most that a free spin can win before it is multiplied, in line bets. */
  readonly maxFreeSpinPay: number;
}

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export function computeFigures(): Figures {
  const base = enumerateCycle(BASE_REELS);
  const free = enumerateCycle(FREE_REELS);
  const combinations = BigInt(base.combinations);
  const triggers = BigInt(countOf(base.triggering));
  const basePay = BigInt(payOf(base.plain) + payOf(base.triggering));
  const bonus = expectedBonusPay(free);
  const bet = BigInt(LINES.length);
  const whole = {
    over: basePay * bonus.under + triggers * bonus.over,
    under: bet * combinations * bonus.under,
  };
  return {
    rtpMillionths: (whole.over * 1_000_000n) / whole.under,
    rtp: ratio(whole.over, whole.under),
    baseRtp: ratio(basePay, bet * combinations),
    bonusRtp: ratio(triggers * bonus.over, whole.under),
    hitFrequency: ratio(combinations - BigInt(base.plain.get(0) ?? 0), combinations),
    triggerFrequency: ratio(triggers, combinations),
    bonusBets: ratio(bonus.over, bet * bonus.under),
    maxWinMillionths:
      BigInt(Math.max(maxOf(base.plain), maxOf(base.triggering) + maxBonusPay(free))) *
      BigInt(LINE_BET_MILLIONTHS),
    maxFreeSpinPay: Math.max(maxOf(free.plain), maxOf(free.triggering)),
  };
}

/**
 * What a bonus pays on average, in line bets. With `left` spins to play and some retriggers still possible, at most
 * d = left + 5 for each of them are to come; every value is a numerator over combinations^d.
 */
function expectedBonusPay(free: Cycle): Fraction {
  const combinations = BigInt(free.combinations);
  const triggers = BigInt(countOf(free.triggering));
  const pay = BigInt(payOf(free.plain) + payOf(free.triggering));
  const toCome = (left: number, retriggers: number): number =>
    left + (MAX_RETRIGGERS - retriggers) * MORE_FREE_SPINS;
  const expected = (left: number, retriggers: number): bigint => {
    if (left === 0) return 0n;
    const multiplier = BigInt(FIRST_MULTIPLIER + retriggers);
    const here = multiplier * pay * combinations ** BigInt(toCome(left, retriggers) - 1);
    const quiet = expected(left - 1, retriggers);
    if (retriggers === MAX_RETRIGGERS) return here + combinations * quiet;
    const retriggered = expected(left - 1 + MORE_FREE_SPINS, retriggers + 1);
    return here + (combinations - triggers) * quiet + triggers * retriggered;
  };
  return { over: expected(FREE_SPINS, 0), under: combinations ** BigInt(toCome(FREE_SPINS, 0)) };
}

/** In line bets. */
function maxBonusPay(free: Cycle): number {
  const plain = maxOf(free.plain);
  const triggering = maxOf(free.triggering);
  const most = (left: number, retriggers: number): number => {
    if (left === 0) return 0;
    const multiplier = FIRST_MULTIPLIER + retriggers;
    const quiet = most(left - 1, retriggers);
    if (retriggers === MAX_RETRIGGERS) return multiplier * Math.max(plain, triggering) + quiet;
    const retriggered = most(left - 1 + MORE_FREE_SPINS, retriggers + 1);
    return Math.max(multiplier * plain + quiet, multiplier * triggering + retriggered);
  };
  return most(FREE_SPINS, 0);
}

function payOf(pays: ReadonlyMap<number, number>): number {
  return [...pays].reduce((sum, [pay, ways]) => sum + pay * ways, 0);
}

function countOf(pays: ReadonlyMap<number, number>): number {
  return [...pays.values()].reduce((sum, ways) => sum + ways, 0);
}

function maxOf(pays: ReadonlyMap<number, number>): number {
  return Math.max(...pays.keys());
}

if (import.meta.main) console.log(computeFigures());
