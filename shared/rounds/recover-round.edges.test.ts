import { mainWallet } from '../operators/operator.fixture.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommittedRound, VoidingRound } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { recoverRound } from './recover-round.ts';
import { log, RoundsFixture, settings } from './rounds.fixture.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const finish: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };

let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
});

const recover = (request: RecoveryRequest, ports = table.ports()) => recoverRound(ports, settings, request);
const intent = () => sampleIntent({ log, startedAtMs: table.nowMs, updatedAtMs: table.nowMs });
const committed = (): CommittedRound => ({ ...intent(), status: 'COMMITTED', outcome: sampleOutcome() });
const voiding = (): VoidingRound => ({ ...intent(), status: 'VOIDING', reason: 'DEBIT_UNKNOWN' });

describe('A win that is not credited', () => {
  it('A credit is tried within a minute for 25 hours, and every quarter of an hour from then on', async () => {
    await table.put(committed());
    const owedSinceMs = table.nowMs;
    const delayAfter = async (waitedMs: number) => {
      table.nowMs = owedSinceMs + waitedMs;
      table.replies.credit.push(unknown);
      const { claimedAtMs } = await table.marks.read(finish, 'finish');
      await recover({ ...finish, attempt: 1_500, claimedAtMs });
      const delayMs = (table.recovery.nextDueAtMs ?? 0) - table.nowMs;
      table.nowMs += delayMs;
      expect(table.recovery.takeDue()).toHaveLength(1);
      return delayMs;
    };
    expect(await delayAfter(25 * 3_600_000 - 1)).toBe(60_000);
    expect(await delayAfter(25 * 3_600_000)).toBe(900_000);
  });

  it('A credit is not tried again where another actor has credited the win meanwhile', async () => {
    const round = await table.put(committed());
    const ports = table.ports();
    const wallet = ports.wallets.of(table.operator, mainWallet);
    const credit: typeof wallet.credit = async (transaction) => {
      const reply = await wallet.credit(transaction);
      await table.ledger.save({ ...round, status: 'CREDITED', updatedAtMs: table.nowMs + 5 }, round);
      return reply;
    };
    await recover(finish, { ...ports, wallets: { of: () => ({ ...wallet, credit }) } });
    expect(await table.ledger.get(finish)).toMatchObject({
      status: 'CREDITED',
      updatedAtMs: table.nowMs + 5,
    });
    expect(table.recovery.size).toBe(0);
  });
});

describe('A rollback that is owed', () => {
  it('A rollback is not tried again, nor counted twice, where another actor has voided the round meanwhile', async () => {
    const round = await table.put(voiding());
    const ports = table.ports();
    const wallet = ports.wallets.of(table.operator, mainWallet);
    const rollback: typeof wallet.rollback = async (transaction) => {
      const reply = await wallet.rollback(transaction);
      await table.ledger.save({ ...round, status: 'VOIDED', updatedAtMs: table.nowMs + 5 }, round);
      return reply;
    };
    await recover(finish, { ...ports, wallets: { of: () => ({ ...wallet, rollback }) } });
    expect((await table.ledger.get(finish))?.status).toBe('VOIDED');
    expect(table.recovery.size).toBe(0);
    expect(table.counted).not.toContain('RoundVoided');
  });
});
