import { FaultError } from '../foundation/errors.ts';
import type { RoundLog } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import type { Ledger } from '../rounds/ledger.ts';
import type { Round } from '../rounds/round.ts';

/** After this many numbers in a row that the ledger lacks, no further number is looked up. */
const NUMBERS_AT_ONCE = 100;

export type GapLedger = Pick<Ledger, 'get'>;

/** The archive has the rounds before and after these numbers of a log, and none of these. */
export interface Gap {
  readonly log: RoundLog;
  readonly firstNumber: number;
  readonly lastNumber: number;
}

export interface NumbersInGap {
  readonly rounds: readonly Round[];
  /** The ledger has something else than a round under these numbers, or a round with a wrong MAC. */
  readonly unreadable: readonly number[];
}

/**
 * Gives what the ledger has under the numbers of a gap. A forged number costs few look-ups, however large it is.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function numbersInGap(ledger: GapLedger, gap: Gap, work: Workload): Promise<NumbersInGap> {
  const { log, firstNumber, lastNumber } = gap;
  const rounds: Round[] = [];
  const unreadable: number[] = [];
  for (let from = firstNumber; from <= lastNumber; from += NUMBERS_AT_ONCE) {
    const count = Math.min(NUMBERS_AT_ONCE, lastNumber - from + 1);
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    const found = await work.lookUp(numbers, (number) => readable(ledger.get({ log, number })));
    if (found.every((round) => round === undefined)) break;
    rounds.push(...found.filter((round) => round !== undefined && round !== 'unreadable'));
    unreadable.push(...numbers.filter((_, index) => found[index] === 'unreadable'));
  }
  return { rounds, unreadable };
}

/** Gives the first and last number of each part of a gap in which nothing was found. */
export function missingRanges(
  { firstNumber, lastNumber }: Gap,
  found: readonly number[],
): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let first = firstNumber;
  for (const number of found.toSorted((one, other) => one - other)) {
    if (number > first) ranges.push([first, number - 1]);
    first = number + 1;
  }
  if (first <= lastNumber) ranges.push([first, lastNumber]);
  return ranges;
}

/** Gives what was read, or says that it cannot be read. */
export function readable<T>(reading: Promise<T>): Promise<T | 'unreadable'> {
  return reading.catch((error: unknown) => {
    if (error instanceof FaultError) return 'unreadable';
    throw error;
  });
}
