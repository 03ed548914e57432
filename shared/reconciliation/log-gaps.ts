import { FaultError } from '../foundation/errors.ts';
import type { RoundLog } from '../foundation/ids.ts';
import type { Workload } from '../foundation/workload.ts';
import type { Ledger } from '../rounds/ledger.ts';
import type { Round } from '../rounds/round.ts';

/** Where so many numbers in a row are not in the ledger, the numbers after them are not looked up. */
const NUMBERS_AT_ONCE = 100;

export type GapLedger = Pick<Ledger, 'get'>;

/** The archive has the rounds before and after these numbers of a log, and none of these. */
export interface Gap {
  readonly log: RoundLog;
  readonly firstNumber: number;
  readonly lastNumber: number;
}

/**
 * Gives the rounds of a gap that the ledger has and can read, in the order of their numbers. A forged number costs few
 * look-ups, however large it is.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError SERVICE_UNAVAILABLE
 */
export async function roundsInGap(ledger: GapLedger, gap: Gap, work: Workload): Promise<Round[]> {
  const { log, firstNumber, lastNumber } = gap;
  const found: Round[] = [];
  for (let number = firstNumber; number <= lastNumber; number += NUMBERS_AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(NUMBERS_AT_ONCE, lastNumber - number + 1) },
      (_, index) => number + index,
    );
    const rounds = await work.lookUp(numbers, (one) => readable(ledger.get({ log, number: one })));
    const known = rounds.filter((round) => round !== undefined);
    if (known.length === 0) break;
    found.push(...known);
  }
  return found;
}

/** Gives the first and last number of each part of a gap in which no round was found. `found` is in the order of numbers. */
export function missingRanges(
  { firstNumber, lastNumber }: Gap,
  found: readonly Pick<Round, 'number'>[],
): [number, number][] {
  const ranges: [number, number][] = [];
  let first = firstNumber;
  for (const { number } of found) {
    if (number > first) ranges.push([first, number - 1]);
    first = number + 1;
  }
  if (first <= lastNumber) ranges.push([first, lastNumber]);
  return ranges;
}

/** A round that cannot be read counts as one that is not there. */
function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof FaultError) return undefined;
    throw error;
  });
}
