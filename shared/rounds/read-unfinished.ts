import pMap from 'p-map';
import type { Clock } from '../foundation/clock.ts';
import type { Ledger, UnfinishedRound } from './ledger.ts';

export interface ReadUnfinishedPorts {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'unfinished'>;
  /** Nothing more is begun when this time is used up. */
  readonly remainingMs: () => number;
}

export interface Reading {
  readonly pages: number;
  /** There was no time to finish these parts of the ledger. */
  readonly unread: readonly number[];
  /** These parts could not be read, or `take` threw for their rounds. */
  readonly failed: readonly { readonly part: number; readonly error: unknown }[];
}

/** The number is prime. Runs at the same time of each day therefore begin with every part in turn. */
export const PARTS = 61;
/**
 * A part is read from one partition, which gives 3,000 units a second. Four of them stay within the 12,000 that a table
 * on demand gives from its first day.
 */
const AT_ONCE = 4;
/**
 * A run in the next quarter of an hour begins this much further on, also where it is a repeated one. No part
 * therefore waits long for its turn.
 */
const STRIDE = 29;
const TURN_MS = 15 * 60_000;

/**
 * Reads the whole ledger for unfinished rounds that are untouched since `beforeMs`, and hands them over page by page.
 * A part that fails keeps no other from being read. Where there is no time for all, each run leaves out other parts.
 */
export async function readUnfinished(
  ports: ReadUnfinishedPorts,
  beforeMs: number,
  take: (page: readonly UnfinishedRound[]) => Promise<void>,
): Promise<Reading> {
  const reading = { pages: 0, unread: [] as number[], failed: [] as { part: number; error: unknown }[] };
  const outOfTime = () => ports.remainingMs() <= 0;
  const read = async (index: number): Promise<void> => {
    if (outOfTime()) return void reading.unread.push(index);
    for await (const page of ports.ledger.unfinished(beforeMs, { index, count: PARTS })) {
      reading.pages += 1;
      await take(page);
      // This may have been the last page. Nobody knows without the next one.
      if (outOfTime()) return void reading.unread.push(index);
    }
  };
  const readOrNote = async (part: number): Promise<void> => {
    try {
      await read(part);
    } catch (error) {
      reading.failed.push({ part, error });
    }
  };
  await pMap(partsInTurn(ports.clock.nowMs()), readOrNote, { concurrency: AT_ONCE });
  return reading;
}

function partsInTurn(nowMs: number): number[] {
  const first = Math.floor(nowMs / TURN_MS) * STRIDE;
  return Array.from({ length: PARTS }, (_, index) => (first + index) % PARTS);
}
