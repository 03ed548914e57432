import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyError, FaultError } from '../foundation/errors.ts';
import { minorAmount } from '../money/money.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import type { LedgerPart, UnfinishedRound } from './ledger.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { PARTS } from './read-unfinished.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';
import { type SweepPorts, sweepRounds } from './sweep-rounds.ts';
import { ids } from '../foundation/ids.fixture.ts';

let table: RoundsFixture;
let remainingMs: number;
let warned: unknown[];

beforeEach(() => {
  table = new RoundsFixture();
  remainingMs = 60_000;
  warned = [];
});

function ports(): SweepPorts {
  const { telemetry, ...others } = table.ports();
  return {
    ...others,
    remainingMs: () => remainingMs,
    telemetry: { ...telemetry, warn: (_, fields) => void warned.push(fields) },
  };
}

const sweep = () => sweepRounds(ports(), settings);
const intent = (number: number, updatedAtMs = table.nowMs - settings.leaseMs - 1) =>
  sampleIntent({ log, number, updatedAtMs });
const outcome = (winMinor: bigint) => sampleOutcome({ winMinor: minorAmount(winMinor) });
const unfinished = (number: number): UnfinishedRound => ({ log, number, status: 'INTENT', updatedAtMs: 1 });
const numbersOf = (requests: readonly RecoveryRequest[]) => requests.map(({ number }) => number);

/** A ledger with the parts that a test makes. It remembers which parts were begun, in their order. */
function scannedBy(read: (part: number) => AsyncIterable<UnfinishedRound[]>): readonly number[] {
  const begun: number[] = [];
  Object.assign(table.ledger, {
    unfinished: (_: number, { index, count }: LedgerPart) => {
      expect(count).toBe(PARTS);
      begun.push(index);
      return read(index);
    },
  });
  return begun;
}

describe('The daily sweep', () => {
  it('The sweep queues recovery for every round that is not final', async () => {
    const owedSinceMs = table.nowMs - settings.leaseMs - 1;
    await table.put(intent(1));
    await table.put({ ...intent(2), status: 'COMMITTED', outcome: outcome(250n) });
    await table.put({ ...intent(3), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' });
    expect(await sweep()).toEqual({ found: 3, pages: PARTS });
    expect(table.recovery.takeDue()).toEqual(
      [1, 2, 3].map((number) => ({ log, number, purpose: 'finish', attempt: 0, owedSinceMs })),
    );
    expect([table.counted, warned]).toEqual([[], []]);
  });

  it('The sweep leaves alone rounds that have ended', async () => {
    await table.put({ ...intent(1), status: 'COMMITTED', outcome: outcome(0n) });
    await table.put({ ...intent(2), status: 'CREDITED', outcome: outcome(250n) });
    await table.put({ ...intent(3), status: 'REJECTED', refusal: 'INSUFFICIENT_FUNDS' });
    await table.put({ ...intent(4), status: 'FAILED', failure: 'ENGINE_TRAP' });
    await table.put({ ...intent(5), status: 'VOIDED', reason: 'DEBIT_UNKNOWN' });
    expect((await sweep()).found).toBe(0);
    expect(table.recovery.size).toBe(0);
  });

  it('The sweep leaves alone rounds whose lease still runs', async () => {
    await table.put(intent(1, table.nowMs - settings.leaseMs));
    expect((await sweep()).found).toBe(0);
    table.nowMs += 1;
    expect((await sweep()).found).toBe(1);
  });

  it('The sweep finds the rounds of many logs, each once', async () => {
    const lapsed = { updatedAtMs: table.nowMs - settings.leaseMs - 1 };
    const players = Array.from({ length: 150 }, (_, index) => `player-${index}`);
    for (const playerId of players)
      await table.put(sampleIntent({ ...lapsed, log: { ...log, playerId: ids.player(playerId) } }));
    expect((await sweep()).found).toBe(150);
    const asked = table.recovery.takeDue().map((request) => request.log.playerId);
    expect(asked.sort()).toEqual(players.sort());
  });

  it('Recovery brings the rounds that the sweep found to their end', async () => {
    await table.put(intent(1));
    await sweep();
    await table.recoverAll();
    expect((await table.ledger.head(log))?.status).toBe('VOIDED');
  });
});

describe('A part of the ledger that cannot be read', () => {
  it.each([
    ['is broken', new FaultError('CORRUPT_RECORD', 'A stored round has a key that is never written')],
    ['is throttled', new DependencyError('SERVICE_UNAVAILABLE', 'DynamoDB did not answer as it should')],
  ])('A part that %s keeps no other round from its recovery, and raises an alarm', async (_, error) => {
    const begun = scannedBy(async function* (part) {
      yield [unfinished(part + 1)];
      if (part === 7) throw error;
      yield [unfinished(part + 101)];
    });
    await expect(sweep()).rejects.toBe(error);
    expect(begun).toHaveLength(PARTS);
    expect(numbersOf(table.recovery.takeDue())).toHaveLength(2 * PARTS - 1);
    expect(table.counted).toEqual(['SweepIncomplete']);
    expect(warned).toEqual([
      { found: 2 * PARTS - 1, pages: 2 * PARTS - 1, parts: PARTS, unread: '', failed: '7' },
    ]);
  });

  it('The sweep fails also where the queue does not accept the rounds of a part', async () => {
    await table.put(intent(1));
    const down = { ...ports(), recovery: { send: () => Promise.reject(new Error('the queue is down')) } };
    await expect(sweepRounds(down, settings)).rejects.toThrow('the queue is down');
    expect(warned).toMatchObject([{ found: 0 }]);
  });
});

describe('A ledger too large for one sweep', () => {
  /** A run that has time for so many parts, and the parts that it began with. */
  async function partsOfRun(nowMs: number, timeFor: number): Promise<readonly number[]> {
    table.nowMs = nowMs;
    remainingMs = timeFor;
    const begun = scannedBy(async function* () {
      remainingMs -= 1;
      yield [];
    });
    await expect(sweep()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    return begun;
  }

  it('A large ledger is swept as far as time allows, and the sweep then fails and names what it left out', async () => {
    const begun = await partsOfRun(0, 41);
    expect(begun).toEqual(Array.from({ length: 41 }, (_, index) => index));
    expect(table.counted).toEqual(['SweepIncomplete']);
    expect(warned).toMatchObject([{ found: 0, pages: 41, parts: PARTS, failed: '' }]);
    const unread = (warned[0] as { unread: string }).unread.split(' ').map(Number);
    const never = Array.from({ length: PARTS - 41 }, (_, index) => index + 41);
    expect(unread).toEqual(expect.arrayContaining(never));
    // Four parts were under way. Nobody knows whether their page was the last.
    expect(Math.min(...unread)).toBeGreaterThanOrEqual(37);
  });

  it('A sweep may stop in the middle of a part, and the rounds found there are asked for', async () => {
    scannedBy(async function* (part) {
      remainingMs -= 1_000;
      yield [unfinished(part + 1)];
      remainingMs = 0;
      yield [unfinished(part + 101)];
      throw new Error('nobody asks for a third page');
    });
    await expect(sweep()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(table.recovery.size).toBeGreaterThan(0);
    expect(warned).toMatchObject([{ failed: '' }]);
  });

  it.each([
    [4, 31],
    [5, 25],
    [10, 13],
    [20, 7],
    [60, 3],
  ])(
    'A ledger is read whole with %i parts a run within %i days, because each run begins elsewhere',
    async (timeFor, days) => {
      const read = new Set<number>();
      for (let day = 0; day < days; day += 1) {
        const atMs = Date.UTC(2026, 10, 21 + day, 4, 0, 12);
        for (const part of await partsOfRun(atMs, timeFor)) read.add(part);
      }
      expect(read.size).toBe(PARTS);
    },
  );

  it('A run that is repeated the same day reads other parts', async () => {
    const first = await partsOfRun(Date.UTC(2026, 10, 21, 4, 0, 12), 20);
    const second = await partsOfRun(Date.UTC(2026, 10, 21, 4, 16, 20), 20);
    expect(second.filter((part) => first.includes(part))).toEqual([]);
  });
});
