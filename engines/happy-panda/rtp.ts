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

/** The game's figures, computed from its reels and paytable and from nothing of its code. */
export interface Figures {
  /** Returns to the player, of the base bet: exact, then rounded down, so the parts' sum may miss one of the whole. */
  readonly rtpMillionths: bigint;
  readonly baseRtpMillionths: bigint;
  readonly bonusRtpMillionths: bigint;
  /** How many paid spins in a million win something themselves, and how many trigger the bonus. */
  readonly hitsPerMillion: bigint;
  readonly triggersPerMillion: bigint;
  /** What a bonus is worth on average. */
  readonly bonusMillionths: bigint;
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
  return {
    rtpMillionths: millionths({
      over: basePay * bonus.under + triggers * bonus.over,
      under: bet * combinations * bonus.under,
    }),
    baseRtpMillionths: millionths({ over: basePay, under: bet * combinations }),
    bonusRtpMillionths: millionths({ over: triggers * bonus.over, under: bet * combinations * bonus.under }),
    hitsPerMillion: millionths({ over: combinations - BigInt(base.plain.get(0) ?? 0), under: combinations }),
    triggersPerMillion: millionths({ over: triggers, under: combinations }),
    bonusMillionths: millionths({ over: bonus.over, under: bet * bonus.under }),
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

function millionths({ over, under }: Fraction): bigint {
  return (over * 1_000_000n) / under;
}

if (import.meta.main) console.log(computeFigures());
