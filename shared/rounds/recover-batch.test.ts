import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DependencyError } from '../foundation/errors.ts';
import type { CommittedRound } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { recoverBatch } from './recover-batch.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';
import { mainWallet, movedTo } from '../operators/operator.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';

const SIZE = 10;
let table: RoundsFixture;
let players = 0;

beforeEach(() => {
  table = new RoundsFixture();
});

/** A win that is not credited yet, of a player of its own, and the request for it. */
async function unpaidWin(operatorId = log.operatorId, walletId = mainWallet): Promise<RecoveryRequest> {
  players += 1;
  const playerLog = { ...log, operatorId, playerId: ids.player(`player-${players}`) };
  const round: CommittedRound = {
    ...sampleIntent({ log: playerLog, walletId, startedAtMs: table.nowMs, updatedAtMs: table.nowMs }),
    status: 'COMMITTED',
    outcome: sampleOutcome(),
  };
  await table.put(round);
  return { log: playerLog, number: round.number, purpose: 'finish', attempt: 6 };
}

const unpaidWins = () => Promise.all(Array.from({ length: SIZE }, () => unpaidWin()));
const recover = (requests: readonly RecoveryRequest[]) => recoverBatch(table.ports(), settings, requests);

async function paidOf(requests: readonly RecoveryRequest[]): Promise<number> {
  const rounds = await Promise.all(requests.map((request) => table.ledger.get(request)));
  return rounds.filter((round) => round?.status === 'CREDITED').length;
}

describe('A batch of wins that are not credited', () => {
  it('The wins of a batch are credited where the wallet answers', async () => {
    const requests = await unpaidWins();
    expect(await recover(requests)).toEqual(new Map());
    expect(await paidOf(requests)).toBe(SIZE);
    expect(table.calls).toHaveLength(SIZE);
    expect(table.recovery.size).toBe(0);
  });

  it.each(['NOT_SENT', 'TIMEOUT', 'CONNECTION'] as const)(
    'A wallet that gives no answer is called once, and the whole batch is queued again: %s',
    async (reason) => {
      const requests = await unpaidWins();
      table.replies.credit.push({ kind: 'unknown', reason });
      expect(await recover(requests)).toEqual(new Map());
      expect(table.calls).toHaveLength(1);
      expect(await paidOf(requests)).toBe(0);
      expect(table.recovery.size).toBe(SIZE);
      table.nowMs += 60_000;
      const again = table.recovery.takeDue();
      expect(again.map(({ attempt }) => attempt)).toEqual(requests.map(({ attempt }) => attempt + 1));
      await recover(again);
      expect(await paidOf(requests)).toBe(SIZE);
    },
  );

  it('A batch is tried whole where the wallet answers the first, even with a refusal or an error', async () => {
    const requests = await unpaidWins();
    table.replies.credit.push({ kind: 'refused', code: 'PLAYER_BLOCKED' });
    await recover(requests);
    expect(await paidOf(requests)).toBe(SIZE - 1);
    const others = await unpaidWins();
    table.replies.credit.push({ kind: 'unknown', reason: 'SERVER_ERROR' });
    await recover(others);
    expect(await paidOf(others)).toBe(SIZE - 1);
  });

  it("No operator's win waits for the wallet of another operator", async () => {
    const waiting = await Promise.all([unpaidWin(), unpaidWin()]);
    const other = await unpaidWin(ids.operator('other'));
    table.replies.credit.push({ kind: 'unknown', reason: 'TIMEOUT' });
    await recover([...waiting, other]);
    expect(await paidOf(waiting)).toBe(0);
    expect(await paidOf([other])).toBe(1);
  });

  it("No win at an operator's current wallet waits for an earlier one that does not answer", async () => {
    const second = ids.wallet('second');
    table.operator = movedTo(table.operator, { walletId: second, walletUrl: 'new' });
    const old = await Promise.all([unpaidWin(), unpaidWin()]);
    const current = await unpaidWin(log.operatorId, second);
    table.replies.credit.push({ kind: 'unknown', reason: 'NOT_SENT' });
    await recover([...old, current]);
    expect(await paidOf(old)).toBe(0);
    expect(await paidOf([current])).toBe(1);
    expect(table.calledAt).toEqual(['credit http://wallet.invalid', 'credit new']);
    expect(table.recovery.size).toBe(2);
  });

  it('A win that a service kept from recovery is tried again within a minute, and raises an alarm', async () => {
    const requests = await unpaidWins();
    const read = vi
      .spyOn(table.ledger, 'get')
      .mockRejectedValueOnce(new DependencyError('SERVICE_UNAVAILABLE', 'away'));
    expect(await recover(requests)).toEqual(new Map());
    read.mockRestore();
    expect(await paidOf(requests)).toBe(SIZE - 1);
    expect(table.counted).toContain('RecoveryFailed');
    table.nowMs += 60_000;
    await recover(table.recovery.takeDue());
    expect(await paidOf(requests)).toBe(SIZE);
  });

  it('The result names the wins that failed, and those that may not be queued again', async () => {
    const requests = await unpaidWins();
    const missing = { ...(requests[3] as RecoveryRequest), number: 99 };
    expect([...(await recover([missing, ...requests])).keys()]).toEqual([missing]);
    expect(await paidOf(requests)).toBe(SIZE);
    const others = await unpaidWins();
    table.replies.credit.push({ kind: 'unknown', reason: 'TIMEOUT' });
    table.recovery.send = async () => {
      throw new Error('SQS is away');
    };
    expect([...(await recover(others)).keys()]).toEqual(others);
  });
});
