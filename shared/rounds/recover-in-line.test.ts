import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyError } from '../foundation/errors.ts';
import { recoverBatch } from './recover-batch.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { recoverRound, type RecoveryPorts } from './recover-round.ts';
import type { CommittedRound, VoidedRound, VoidingRound } from './round.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import { sweepRounds } from './sweep-rounds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const refused = { kind: 'refused', code: 'PLAYER_BLOCKED' } as const;
const unknown = { kind: 'unknown', reason: 'REFUSED' } as const;
const finish: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
const confirmVoid: RecoveryRequest = { ...finish, purpose: 'confirm-void' };

let table: RoundsFixture;
/** The wallet was called at these times. */
let calledAtMs: number[];

beforeEach(() => {
  table = new RoundsFixture();
  calledAtMs = [];
});

const intent = () => sampleIntent({ log, startedAtMs: table.nowMs, updatedAtMs: table.nowMs });
const committed = (): CommittedRound => ({ ...intent(), status: 'COMMITTED', outcome: sampleOutcome() });
const voiding = (): VoidingRound => ({ ...intent(), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' });
const voided = (): VoidedRound => ({ ...voiding(), status: 'VOIDED' });
const stored = () => table.ledger.get(finish);
const sweep = () => sweepRounds({ ...table.ports(), remainingMs: () => 900_000 }, settings);
const rings = () => table.counted.filter((event) => event.endsWith('PendingLong'));

/** The wallet refuses every such call from now on. */
function refuseEvery(call: 'credit' | 'rollback'): void {
  Object.assign(table.replies[call], { shift: () => (call === 'credit' ? refused : unknown) });
}

function answerAgain(): void {
  Object.assign(table.replies, { credit: [], rollback: [] });
}

/** Works through the queue until then, and hands each message out so many times. */
async function workUntil(endMs: number, deliveries = 1): Promise<void> {
  for (;;) {
    const { nextDueAtMs } = table.recovery;
    if (nextDueAtMs === undefined || nextDueAtMs > endMs) break;
    table.nowMs = Math.max(table.nowMs, nextDueAtMs);
    for (const request of table.recovery.takeDue()) {
      for (let delivery = 0; delivery < deliveries; delivery += 1) await attemptOf(request);
    }
  }
  table.nowMs = endMs;
}

async function attemptOf(request: RecoveryRequest, ports: RecoveryPorts = table.ports()): Promise<void> {
  const before = table.calls.length;
  await recoverRound(ports, settings, request);
  if (table.calls.length > before) calledAtMs.push(table.nowMs);
}

/** The queue forgets all that it holds. */
async function purge(): Promise<void> {
  table.recovery.takeDue();
  while (table.recovery.size > 0) {
    table.nowMs = table.recovery.nextDueAtMs ?? table.nowMs;
    table.recovery.takeDue();
  }
}

describe('A win that its wallet refuses for good', () => {
  it.each([
    ['a message is delivered once, and a sweep runs each day', 1, 24],
    ['each message of the later days is delivered twice, and a sweep runs each hour', 2, 1],
  ])(
    'After a day, a refused win costs at most one call in 15 minutes, and its line goes on: %s',
    async (_, deliveries, sweepEveryHours) => {
      const { updatedAtMs } = await table.put(committed());
      refuseEvery('credit');
      // The function that played the round asks for it, and the stream does so, too.
      await table.recovery.send([finish, finish], 0);
      for (let hour = sweepEveryHours; hour <= 4 * 24; hour += sweepEveryHours) {
        // On the first day, each doubled message would ask for attempts of its own until the claim is renewed.
        await workUntil(updatedAtMs + hour * HOUR_MS, hour > 24 ? deliveries : 1);
        await sweep();
      }
      const late = calledAtMs.filter((atMs) => atMs >= updatedAtMs + 25.25 * HOUR_MS);
      const gaps = late.slice(1).map((atMs, index) => atMs - (late[index] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15 * MINUTE_MS);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * MINUTE_MS);
      expect(late.length).toBeGreaterThan(2 * 24 * 4);
      // One request carries the round on. Another one is that of the last sweep, and ends when it is received.
      expect(table.recovery.size).toBeLessThanOrEqual(2);
      expect(rings()).toEqual(['CreditPendingLong']);
    },
  );

  it('A refused win is tried once a minute on its first day, however many requests for it there are', async () => {
    const { updatedAtMs } = await table.put(committed());
    refuseEvery('credit');
    await table.recovery.send([finish, finish, finish], 0);
    await workUntil(updatedAtMs + 6 * MINUTE_MS);
    calledAtMs = [];
    for (let hour = 1; hour <= 24; hour += 1) {
      await workUntil(updatedAtMs + hour * HOUR_MS, 1);
      await sweep();
    }
    expect(calledAtMs.length).toBeGreaterThan(23 * 60);
    expect(calledAtMs.length).toBeLessThanOrEqual(24 * 60);
  });

  it('A win is credited within 15 minutes of the return of its wallet, where that refused it for days', async () => {
    const { updatedAtMs } = await table.put(committed());
    refuseEvery('credit');
    await table.recovery.send([finish], 0);
    await workUntil(updatedAtMs + 40 * DAY_MS);
    answerAgain();
    await workUntil(table.nowMs + 15 * MINUTE_MS);
    expect((await stored())?.status).toBe('CREDITED');
    await workUntil(table.nowMs + HOUR_MS);
    expect(table.recovery.size).toBe(0);
  });

  it('A round that goes well, or is credited within five minutes, gets no mark', async () => {
    await table.put(committed());
    table.replies.credit.push(refused, refused);
    await attemptOf(finish);
    await workUntil(table.nowMs + HOUR_MS);
    expect((await stored())?.status).toBe('CREDITED');
    expect(await table.marks.read(finish, 'finish')).toEqual({
      claimedAtMs: undefined,
      rung: false,
      confirmed: false,
    });
  });
});

describe('A queue that forgets', () => {
  it('The sweep begins one line of attempts again where the queue has forgotten a win', async () => {
    await table.put(committed());
    refuseEvery('credit');
    await table.recovery.send([finish], 0);
    await workUntil(table.nowMs + 2 * DAY_MS);
    await purge();
    table.nowMs += HOUR_MS;
    await sweep();
    await sweep();
    await workUntil(table.nowMs + HOUR_MS);
    expect(table.recovery.size).toBe(1);
    answerAgain();
    await workUntil(table.nowMs + 15 * MINUTE_MS);
    expect((await stored())?.status).toBe('CREDITED');
  });

  it('The sweep asks for a last rollback that the queue has forgotten, until the wallet acknowledges it', async () => {
    const round = await table.put(voided());
    table.nowMs += HOUR_MS - 1;
    expect((await sweep()).found).toBe(0);
    table.nowMs += 1;
    expect((await sweep()).found).toBe(1);
    refuseEvery('rollback');
    await workUntil(table.nowMs + 3 * HOUR_MS);
    await purge();
    table.nowMs += 20 * DAY_MS;
    expect((await sweep()).found).toBe(1);
    answerAgain();
    await workUntil(table.nowMs + HOUR_MS);
    expect(table.calls.at(-1)).toMatchObject({ call: 'rollback', transaction: { roundId: round.roundId } });
    expect(await table.marks.read(round, 'confirm-void')).toMatchObject({ confirmed: true });
    expect((await sweep()).found).toBe(0);
    expect(await stored()).toEqual(round);
  });

  it('A voided round does not expire while its last rollback is owed for long', async () => {
    const round = await table.put(voided());
    await table.ledger.markArchived(round);
    await table.ledger.expire(round, table.nowMs + DAY_MS);
    table.nowMs += 20 * MINUTE_MS;
    refuseEvery('rollback');
    await attemptOf(confirmVoid);
    expect(table.ledger.expiries.has(round.roundId)).toBe(false);
  });

  it('A repeated request for a last rollback that is acknowledged calls no wallet after five minutes', async () => {
    await table.put(voided());
    table.nowMs += 20 * MINUTE_MS;
    await attemptOf(confirmVoid);
    await attemptOf(confirmVoid);
    expect(table.calls).toHaveLength(1);
  });
});

describe('A process that dies in the middle of an attempt', () => {
  const dies = () => Promise.reject(new Error('the process died'));

  it.each(['before its claim', 'before its call'])(
    'The line goes on where a process died %s, and the message came back',
    async (when) => {
      await table.put(committed());
      table.nowMs += 30 * HOUR_MS;
      const { marks, wallets, ...ports } = table.ports();
      const dying =
        when === 'before its claim'
          ? { ...ports, wallets, marks: { ...marks, read: marks.read.bind(marks), claim: dies } }
          : { ...ports, marks, wallets: { of: () => ({ credit: dies, rollback: dies }) } };
      await expect(attemptOf(finish, dying as unknown as RecoveryPorts)).rejects.toThrow('the process died');
      table.nowMs += 6 * MINUTE_MS;
      refuseEvery('credit');
      await attemptOf(finish);
      await workUntil(table.nowMs + 5 * HOUR_MS, 2);
      const gaps = calledAtMs.slice(1).map((atMs, index) => atMs - (calledAtMs[index] ?? 0));
      expect(new Set(gaps)).toEqual(new Set([15 * MINUTE_MS]));
      expect(table.recovery.size).toBe(1);
    },
  );
});

describe('A table that takes no writes', () => {
  it('A line whose first claims arrive late goes on with whichever of them arrives first', async () => {
    await table.put(committed());
    refuseEvery('credit');
    table.nowMs += 5 * MINUTE_MS;
    await table.recovery.send([finish], 0);
    const ports = table.ports();
    const { marks } = table;
    const late: (() => Promise<boolean>)[] = [];
    const claim: RecoveryPorts['marks']['claim'] = (...claimed) => {
      late.push(() => marks.claim(...claimed));
      throw new DependencyError('SERVICE_UNAVAILABLE', 'It is answered late');
    };
    const { read, ring, confirm } = marks;
    const bound = { read: read.bind(marks), ring: ring.bind(marks), confirm: confirm.bind(marks) };
    const claimsAreLate = { ...ports, marks: { ...bound, claim } };
    for (let attempts = 0; attempts < 2; attempts += 1) {
      table.nowMs = Math.max(table.nowMs, table.recovery.nextDueAtMs ?? 0);
      for (const request of table.recovery.takeDue()) await attemptOf(request, claimsAreLate);
    }
    for (const arrive of late) await arrive();
    answerAgain();
    await workUntil(table.nowMs + 5 * MINUTE_MS);
    expect(late).toHaveLength(2);
    expect(await stored()).toMatchObject({ status: 'CREDITED' });
    expect(table.recovery.size).toBe(0);
  });

  it('A round that nobody can claim keeps as many messages as it had, and is credited when writes are back', async () => {
    await table.put(committed());
    const ports = table.ports();
    const down = () => Promise.reject(new DependencyError('SERVICE_UNAVAILABLE', 'no write'));
    const { marks } = table;
    const failing = {
      ...ports,
      ledger: { ...ports.ledger, save: down },
      marks: { read: marks.read.bind(marks), claim: down, ring: down, confirm: down },
    } as unknown as RecoveryPorts;
    await table.recovery.send([finish, finish], 0);
    const endMs = table.nowMs + HOUR_MS;
    for (;;) {
      const { nextDueAtMs = endMs } = table.recovery;
      if (nextDueAtMs >= endMs) break;
      table.nowMs = nextDueAtMs;
      await recoverBatch(failing, settings, table.recovery.takeDue());
      expect(table.recovery.size).toBeLessThanOrEqual(2);
    }
    await workUntil(table.nowMs + 2 * MINUTE_MS);
    expect((await stored())?.status).toBe('CREDITED');
  });
});

describe('A player who waits at a round that is owed for long', () => {
  it('A refused rollback costs one call in 15 minutes after its first day, however often its player tries', async () => {
    const { updatedAtMs } = await table.put(voiding());
    refuseEvery('rollback');
    await table.recovery.send([finish], 0);
    await workUntil(updatedAtMs + 26 * HOUR_MS);
    calledAtMs = [];
    for (let second = 0; second < 3_600; second += 60) {
      await table.recovery.send([{ ...finish, once: true }], 0);
      await workUntil(updatedAtMs + 26 * HOUR_MS + second * 1000);
    }
    expect(calledAtMs.length).toBeLessThanOrEqual(4);
    expect(calledAtMs.length).toBeGreaterThan(0);
  });

  it('A round whose line the queue has forgotten is tried at once for a player who comes', async () => {
    await table.put(voiding());
    table.nowMs += 2 * DAY_MS;
    await attemptOf({ ...finish, once: true });
    expect(calledAtMs).toHaveLength(1);
  });
});

describe('The alarm of a round', () => {
  it('The alarm of a round rings once for its rollback, and once more for its last rollback', async () => {
    const { updatedAtMs } = await table.put(voiding());
    refuseEvery('rollback');
    await table.recovery.send([finish, finish], 0);
    await workUntil(updatedAtMs + HOUR_MS);
    expect(rings()).toEqual(['RollbackPendingLong']);
    answerAgain();
    await workUntil(table.nowMs + HOUR_MS);
    expect((await stored())?.status).toBe('VOIDED');
    refuseEvery('rollback');
    for (let day = 0; day < 3; day += 1) {
      await sweep();
      await workUntil(table.nowMs + DAY_MS);
    }
    expect(rings()).toEqual(['RollbackPendingLong', 'RollbackPendingLong']);
  });

  it('No alarm rings for an intent that is found late and abandoned, before its rollback has failed for long', async () => {
    await table.put(intent());
    table.nowMs += DAY_MS;
    await attemptOf(finish);
    expect((await stored())?.status).toBe('VOIDING');
    expect(rings()).toEqual([]);
    await workUntil(table.nowMs + MINUTE_MS);
    expect((await stored())?.status).toBe('VOIDED');
    expect(rings()).toEqual([]);
  });

  it('The alarm of a round rings where its attempts throw, so that a round that cannot be written is told of, too', async () => {
    await table.put(committed());
    table.nowMs += 5 * MINUTE_MS;
    const ports = table.ports();
    const save = () => Promise.reject(new DependencyError('SERVICE_UNAVAILABLE', 'no write'));
    const failing = { ...ports, ledger: { ...ports.ledger, save } } as unknown as RecoveryPorts;
    await expect(attemptOf(finish, failing)).rejects.toThrow('no write');
    expect(rings()).toEqual(['CreditPendingLong']);
  });

  it('The alarm of a round rings though the answer to the write of its mark is lost', async () => {
    await table.put(committed());
    refuseEvery('credit');
    table.nowMs += 5 * MINUTE_MS;
    const { marks } = table;
    const losing = {
      read: marks.read.bind(marks),
      claim: marks.claim.bind(marks),
      ring: async (...given: Parameters<typeof marks.ring>) => {
        await marks.ring(...given);
        throw new Error('the answer is lost');
      },
    };
    const ports = { ...table.ports(), marks: losing } as unknown as RecoveryPorts;
    await expect(attemptOf(finish, ports)).rejects.toThrow('the answer is lost');
    await workUntil(table.nowMs + HOUR_MS);
    expect(rings()).toEqual(['CreditPendingLong']);
  });

  it('A line that holds its claim for longer than an hour without a renewal is taken over once', async () => {
    await table.put(committed());
    refuseEvery('credit');
    table.nowMs += 2 * DAY_MS;
    await attemptOf(finish);
    const [held] = await takeAllLater();
    table.nowMs += HOUR_MS;
    await attemptOf(finish);
    await attemptOf(finish);
    await attemptOf({ ...finish, ...held });
    expect(calledAtMs).toHaveLength(2);
  });

  async function takeAllLater(): Promise<RecoveryRequest[]> {
    table.nowMs = table.recovery.nextDueAtMs ?? table.nowMs;
    return table.recovery.takeDue();
  }
});
