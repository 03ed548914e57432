import { describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { Workload } from '../foundation/workload.ts';
import { sampleIntent } from '../rounds/sample-round.fixture.ts';
import { missingRanges, numbersInGap, readable } from './log-gaps.ts';

const { log } = sampleIntent();
const gap = { log, firstNumber: 2, lastNumber: 300 };
const limits = { files: 0, rounds: 0, transactions: 0, lookups: 1_000, timeMs: 1_000 };

/** Looks into the gap of a ledger that has these numbers, and cannot read the others. */
async function lookInto(has: readonly number[], unreadable: readonly number[] = []) {
  const asked: number[] = [];
  const get = async ({ number }: { readonly number: number }) => {
    asked.push(number);
    if (unreadable.includes(number)) throw new FaultError('CORRUPT_RECORD', 'A round cannot be read');
    return has.includes(number) ? sampleIntent({ number }) : undefined;
  };
  const found = await numbersInGap({ get }, gap, new Workload(limits, { nowMs: () => 0 }));
  return { rounds: found.rounds.map(({ number }) => number), unreadable: found.unreadable, asked };
}

describe('The numbers in a gap', () => {
  it('A number is a round, or unreadable, or nothing, and each is looked up once', async () => {
    const { rounds, unreadable, asked } = await lookInto([2, 120, 300], [3, 250]);
    expect(rounds).toEqual([2, 120, 300]);
    expect(unreadable).toEqual([3, 250]);
    expect(asked).toEqual(Array.from({ length: 299 }, (_, index) => index + 2));
  });

  it('The search ends after a hundred numbers in a row that the ledger lacks', async () => {
    expect((await lookInto([2])).asked).toHaveLength(200);
    expect((await lookInto([])).asked).toHaveLength(100);
  });

  it('An unreadable number is not one that the ledger lacks', async () => {
    expect((await lookInto([], [101])).asked).toHaveLength(200);
  });
});

describe('The missing parts of a gap', () => {
  it.each<[string, number[], [number, number][]]>([
    ['nothing was found', [], [[2, 300]]],
    ['the first and the last were found', [2, 300], [[3, 299]]],
    [
      'numbers within it were found, in any order',
      [120, 7, 8],
      [
        [2, 6],
        [9, 119],
        [121, 300],
      ],
    ],
  ])('The parts are those between what was found where %s', (_, found, ranges) => {
    expect(missingRanges(gap, found)).toEqual(ranges);
  });

  it('There is no part where everything was found', () => {
    expect(missingRanges({ log, firstNumber: 4, lastNumber: 5 }, [5, 4])).toEqual([]);
  });
});

it('A service that does not answer makes no record unreadable', async () => {
  await expect(readable(Promise.reject(new Error('busy')))).rejects.toThrow('busy');
});
