import { beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { pendingRounds } from './pending-rounds.ts';
import { recoverRound } from './recover-round.ts';
import type { Round } from './round.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';

const MINUTE_MS = 60_000;
let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
});

const intent = (number: number) =>
  sampleIntent({ log, number, roundId: ids.round(`round-${number}`), updatedAtMs: table.nowMs });
const committed = (number: number) =>
  ({ ...intent(number), status: 'COMMITTED', outcome: sampleOutcome() }) as const;
const voiding = (number: number) =>
  ({ ...intent(number), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' }) as const;
const voided = (number: number) => ({ ...voiding(number), status: 'VOIDED' }) as const;
const put = async (round: Round, afterMs: number) => {
  await table.put(round);
  table.nowMs += afterMs;
};
const listed = async () =>
  (await pendingRounds(table.ports())).pending.map(({ round, owes, amountMinor }) => [
    round.number,
    owes,
    amountMinor,
  ]);

describe('The rounds that owe money for long', () => {
  it('Credits, rollbacks and last rollbacks are listed when they are owed for five minutes, the oldest first', async () => {
    await put(voided(1), 15 * MINUTE_MS);
    await put(committed(2), MINUTE_MS);
    await put(voiding(3), 4 * MINUTE_MS - 1);
    expect(await listed()).toEqual([]);
    table.nowMs += 1;
    expect(await listed()).toEqual([
      [1, 'last rollback', 100n],
      [2, 'credit', 250n],
    ]);
    table.nowMs += MINUTE_MS;
    expect(await listed()).toContainEqual([3, 'rollback', 100n]);
  });

  it('A round is listed until its wallet acknowledges what is owed, however many years that takes', async () => {
    await put(committed(1), MINUTE_MS);
    await put(voided(2), 3 * 365 * 24 * 60 * MINUTE_MS);
    table.replies.credit.push({ kind: 'refused', code: 'PLAYER_BLOCKED' });
    const recover = (number: number, purpose: 'finish' | 'confirm-void') =>
      recoverRound(table.ports(), settings, { log, number, purpose, attempt: 0 });
    await recover(1, 'finish');
    expect(await listed()).toHaveLength(2);
    await recover(2, 'confirm-void');
    expect(await listed()).toEqual([[1, 'credit', 250n]]);
    await table.recoverUntil(table.nowMs + 15 * MINUTE_MS);
    expect(await listed()).toEqual([]);
  });

  it('A round that somebody has changed is named, and hides no other', async () => {
    await put(committed(1), MINUTE_MS);
    await put(voiding(2), 5 * MINUTE_MS);
    const { ledger, ...ports } = table.ports();
    const get: typeof ledger.get = async (reference) => {
      if (reference.number === 1) throw new FaultError('CORRUPT_RECORD', 'it does not have its MAC');
      return ledger.get(reference);
    };
    const unfinished = ledger.unfinished.bind(ledger);
    const { pending, unreadable } = await pendingRounds({ ...ports, ledger: { get, unfinished } });
    expect(pending.map(({ round }) => round.number)).toEqual([2]);
    expect(unreadable).toEqual([expect.objectContaining({ log, number: 1 })]);
  });
});
