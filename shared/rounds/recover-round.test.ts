import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CommittedRound,
  type IntentRound,
  stakeTransactionId,
  type VoidedRound,
  type VoidingRound,
  winTransactionId,
} from './round.ts';
import { logHashOf } from './round-address.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';
import type { RecoveryRequest } from './recovery-queue.ts';
import { backoffMs } from './queue-again.ts';
import { recoverRound } from './recover-round.ts';
import { codeOf, log, RoundsFixture, settings } from './rounds.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const finish: RecoveryRequest = { log, number: 1, purpose: 'finish', attempt: 0 };
const confirmVoid: RecoveryRequest = { ...finish, purpose: 'confirm-void' };

let table: RoundsFixture;

beforeEach(() => {
  table = new RoundsFixture();
});

const recover = (request: RecoveryRequest = finish) => recoverRound(table.ports(), settings, request);
const stored = () => table.ledger.get(finish);
const callNames = () => table.calls.map(({ call }) => call);

const intent = (overrides: Partial<IntentRound> = {}): IntentRound =>
  sampleIntent({ log, startedAtMs: table.nowMs, updatedAtMs: table.nowMs, ...overrides });
const committed = (overrides: Partial<IntentRound> = {}): CommittedRound => ({
  ...intent(overrides),
  status: 'COMMITTED',
  outcome: sampleOutcome(),
});
const voiding = (overrides: Partial<IntentRound> = {}): VoidingRound => ({
  ...intent(overrides),
  status: 'VOIDING',
  reason: 'DEBIT_UNKNOWN',
});
const voided = (overrides: Partial<IntentRound> = {}): VoidedRound => ({
  ...voiding(overrides),
  status: 'VOIDED',
});

/** Makes the request that follows from a first attempt. */
const again = (request: RecoveryRequest, owedSinceMs: number): RecoveryRequest => ({
  ...request,
  attempt: 1,
  owedSinceMs,
});

/** Takes the one request that waits, with its delay. */
function takeNext(): { readonly request: RecoveryRequest; readonly delayMs: number } {
  expect(table.recovery.size).toBe(1);
  const delayMs = (table.recovery.nextDueAtMs ?? 0) - table.nowMs;
  table.nowMs += delayMs;
  const [request = finish] = table.recovery.takeDue();
  return { request, delayMs };
}

describe('An intent', () => {
  it('An intent whose lease has run out is voided, and its stake is rolled back', async () => {
    const round = await table.put(intent());
    table.nowMs += settings.leaseMs;
    await recover();
    expect(await stored()).toMatchObject({ status: 'VOIDING', reason: 'ABANDONED', epoch: 2 });
    await table.recoverAll();
    expect(await stored()).toMatchObject({ status: 'VOIDED', reason: 'ABANDONED', epoch: 2 });
    expect(table.calls).toMatchObject([
      { call: 'rollback', transaction: { transactionId: stakeTransactionId(round), amountMinor: 100n } },
    ]);
    expect(table.recovery.size).toBe(0);
  });

  it('An intent that is recovered once is rolled back by one more attempt', async () => {
    await table.put(intent());
    table.nowMs += settings.leaseMs;
    await recover({ ...finish, once: true });
    expect(takeNext()).toEqual({ request: { ...finish, once: true }, delayMs: 5_000 });
    table.replies.rollback.push(unknown);
    await recover({ ...finish, once: true });
    expect(callNames()).toEqual(['rollback']);
    expect(table.recovery.size).toBe(0);
  });

  it('An intent is left alone and asked for again while its lease still runs', async () => {
    const round = await table.put(intent());
    table.nowMs += settings.leaseMs - 1;
    await recover();
    expect(await stored()).toEqual(round);
    expect(table.calls).toEqual([]);
    expect(takeNext()).toEqual({ request: again(finish, round.updatedAtMs), delayMs: 2_000 });
  });

  it('Recovery never debits an intent, because nobody may still want to play it', async () => {
    await table.put(intent());
    table.nowMs += settings.leaseMs;
    await recover();
    expect(callNames()).not.toContain('debit');
  });

  it('A round stays VOIDING until the wallet acknowledges the rollback, and no later round overtakes that', async () => {
    await table.put(voiding());
    table.replies.rollback.push(unknown, unknown);
    await recover();
    expect((await stored())?.status).toBe('VOIDING');
    await recover(takeNext().request);
    expect((await stored())?.status).toBe('VOIDING');
    await recover(takeNext().request);
    expect((await stored())?.status).toBe('VOIDED');
    expect(table.counted).toContain('RoundVoided');
    expect(table.recovery.size).toBe(0);
  });
});

describe('A win that is not credited', () => {
  it('A win that is owed is credited with the same bytes each time, ever later, at most a minute apart', async () => {
    const round = await table.put(committed());
    const { roundId, sessionId } = round;
    table.replies.credit.push(...Array.from({ length: 8 }, () => unknown));
    const delays: number[] = [];
    for (let request = finish; (await stored())?.status === 'COMMITTED'; ) {
      await recover(request);
      if (table.recovery.size === 0) continue;
      const next = takeNext();
      delays.push(next.delayMs);
      request = next.request;
    }
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect((await stored())?.status).toBe('CREDITED');
    expect(table.calls).toHaveLength(9);
    for (const { call, transaction } of table.calls) {
      expect(call).toBe('credit');
      expect(transaction).toEqual({
        transactionId: winTransactionId(round),
        roundId,
        sessionId,
        playerId: log.playerId,
        gameCode: log.gameCode,
        currency: 'EUR',
        amountMinor: 250n,
      });
    }
  });

  it.each(['PLAYER_BLOCKED', 'LIMIT_REACHED', 'WALLET_REFUSED', 'INSUFFICIENT_FUNDS'] as const)(
    'A win is never given up where the wallet answers %s',
    async (code) => {
      await table.put(committed());
      table.replies.credit.push(...Array.from({ length: 40 }, () => ({ kind: 'refused', code }) as const));
      await recover();
      await table.recoverAll();
      expect((await stored())?.status).toBe('CREDITED');
      expect(callNames()).toEqual(Array.from({ length: 41 }, () => 'credit'));
    },
  );

  it('A round that owes a win is never voided, however old it is', async () => {
    await table.put(committed());
    table.nowMs += 30 * 86_400_000;
    table.replies.credit.push(unknown);
    await recover();
    expect((await stored())?.status).toBe('COMMITTED');
    expect(callNames()).toEqual(['credit']);
  });

  it('A credit is reported where the wallet knows its id for another payload', async () => {
    await table.put(committed());
    table.replies.credit.push({ kind: 'unknown', reason: 'TRANSACTION_MISMATCH' });
    await recover();
    expect(table.counted).toContain('WalletTransactionMismatch');
    expect((await stored())?.status).toBe('COMMITTED');
  });

  it('A win without a stake is corrupt where the wallet has credited another one of its number', async () => {
    const round = await table.put(committed({ kind: 'bonus', stakeMinor: minorAmount(0n) }));
    table.replies.credit.push({ kind: 'unknown', reason: 'TRANSACTION_MISMATCH' });
    const save = vi.spyOn(table.ledger, 'save');
    expect(await codeOf(recover())).toBe('CORRUPT_RECORD');
    expect(save).not.toHaveBeenCalled();
    expect(await stored()).toEqual(round);
    expect(callNames()).toEqual(['credit']);
    expect(table.counted).toContain('WalletTransactionMismatch');
  });

  it('A win of a frozen log is left alone, and the message that waits credits it after the release', async () => {
    const round = await table.put(committed());
    table.ledger.frozen.add(logHashOf(log));
    await recover();
    expect(await stored()).toEqual(round);
    expect(table.calls).toEqual([]);
    const { request, delayMs } = takeNext();
    expect([request, delayMs]).toEqual([{ ...finish, attempt: 1 }, 900_000]);
    table.ledger.frozen.clear();
    await recover(request);
    expect((await stored())?.status).toBe('CREDITED');
    await table.recoverAll();
    expect(callNames()).toEqual(['credit']);
  });

  it('The win of a round without a stake is credited all the same', async () => {
    await table.put(committed({ kind: 'bonus', stakeMinor: minorAmount(0n) }));
    await recover();
    expect((await stored())?.status).toBe('CREDITED');
    expect(callNames()).toEqual(['credit']);
  });

  it('A credited round keeps the balance that its player was told, whatever the wallet answers later', async () => {
    const { outcome } = await table.put(committed());
    table.balanceMinor = 77n;
    await recover();
    expect(await stored()).toMatchObject({ outcome: { balanceAfterMinor: outcome.balanceAfterMinor } });
  });
});

describe('A round that is over', () => {
  it.each([
    ['a loss', () => ({ ...committed(), outcome: sampleOutcome({ winMinor: minorAmount(0n) }) })],
    ['a credited win', () => ({ ...committed(), status: 'CREDITED' as const })],
    [
      'a refused round',
      () => ({ ...intent(), status: 'REJECTED' as const, refusal: 'LIMIT_REACHED' as const }),
    ],
    ['a failed round', () => ({ ...intent(), status: 'FAILED' as const, failure: 'ENGINE_TRAP' })],
    ['a voided round', () => voided()],
  ])('A round that is over is left as it is: %s', async (_, make) => {
    const round = await table.put(make());
    await recover();
    await recover();
    expect(await stored()).toEqual(round);
    expect(table.calls).toEqual([]);
    expect(table.recovery.size).toBe(0);
  });
});

describe('The last rollback of a voided round', () => {
  it('The last rollback of a voided round is sent once more, because a delayed debit may have landed since', async () => {
    const round = await table.put(voided());
    await recover(confirmVoid);
    expect(table.calls).toMatchObject([
      { call: 'rollback', transaction: { transactionId: stakeTransactionId(round) } },
    ]);
    expect(await stored()).toEqual(round);
    expect(table.recovery.size).toBe(0);
  });

  it('The last rollback is done where the wallet has nothing to roll back', async () => {
    await table.put(voided());
    table.replies.rollback.push({ kind: 'not-found' });
    await recover(confirmVoid);
    expect(table.recovery.size).toBe(0);
  });

  it.each([unknown, { kind: 'unknown', reason: 'REFUSED' } as const])(
    'The last rollback is repeated until the wallet acknowledges it ($reason)',
    async (reply) => {
      const { updatedAtMs } = await table.put(voided());
      table.replies.rollback.push(reply, reply);
      await recover(confirmVoid);
      const first = takeNext();
      expect(first).toEqual({ request: again(confirmVoid, updatedAtMs + 900_000), delayMs: 2_000 });
      await recover(first.request);
      await recover(takeNext().request);
      expect(table.recovery.size).toBe(0);
      expect(callNames()).toEqual(['rollback', 'rollback', 'rollback']);
    },
  );

  it.each([
    ['a credited win', () => ({ ...committed(), status: 'CREDITED' as const })],
    ['a win that is not credited', () => committed()],
    ['an intent', () => intent()],
    ['a round that is still voiding', () => voiding()],
  ])('The last rollback is not sent for %s', async (_, make) => {
    const round = await table.put(make());
    table.nowMs += settings.leaseMs;
    await recover(confirmVoid);
    expect(await stored()).toEqual(round);
    expect(table.calls).toEqual([]);
  });
});

describe('An alarm', () => {
  const minutes = (count: number) => count * 60_000;

  it('An alarm is raised when a credit has been owed for five minutes, and not before', async () => {
    await table.put(committed());
    table.replies.credit.push(unknown, unknown);
    table.nowMs += minutes(5) - 1;
    await recover();
    expect(table.counted).not.toContain('CreditPendingLong');
    table.nowMs += 1;
    await recover();
    expect(table.counted).toContain('CreditPendingLong');
    expect(table.counted).not.toContain('RollbackPendingLong');
  });

  it('An alarm is raised when a rollback has been owed for five minutes, and not before', async () => {
    await table.put(voiding());
    table.replies.rollback.push(unknown, unknown);
    table.nowMs += minutes(5) - 1;
    await recover();
    expect(table.counted).not.toContain('RollbackPendingLong');
    table.nowMs += 1;
    await recover();
    expect(table.counted).toContain('RollbackPendingLong');
    expect(table.counted).not.toContain('CreditPendingLong');
  });

  it('An alarm is raised when a last rollback has been open for five minutes, and not at its first failure', async () => {
    await table.put(voided());
    table.replies.rollback.push(unknown, unknown);
    table.nowMs += minutes(15 + 5) - 1;
    await recover(confirmVoid);
    expect(table.counted).not.toContain('RollbackPendingLong');
    table.nowMs += 1;
    await recover(confirmVoid);
    expect(table.counted).toContain('RollbackPendingLong');
  });

  it('An alarm is raised once for a round, so that a win that is refused for good does not hide the next one', async () => {
    await table.put(committed());
    table.replies.credit.push(...Array.from({ length: 200 }, () => unknown));
    await recover();
    await table.recoverUntil(table.nowMs + minutes(120));
    expect(table.calls.length).toBeGreaterThan(100);
    expect(table.counted.filter((event) => event === 'CreditPendingLong')).toHaveLength(1);
  });

  it('No alarm is raised for a late win that is credited at the first attempt', async () => {
    await table.put(committed());
    table.nowMs += minutes(60);
    await recover();
    expect(table.counted).not.toContain('CreditPendingLong');
  });
});

describe('A recovery request', () => {
  it('A request for a round that does not exist is refused as corrupt', async () => {
    expect(await codeOf(recover())).toBe('CORRUPT_RECORD');
    expect(table.recovery.size).toBe(0);
  });

  it('A request for an operator that does not exist is refused as corrupt', async () => {
    const strange = { ...log, operatorId: ids.operator('nobody') };
    await table.put(committed({ log: strange }));
    expect(await codeOf(recover({ ...finish, log: strange }))).toBe('CORRUPT_RECORD');
    expect(table.calls).toEqual([]);
  });

  it('The win of a disabled operator is credited all the same', async () => {
    table.operator = { ...table.operator, enabled: false };
    await table.put(committed());
    await recover();
    expect((await stored())?.status).toBe('CREDITED');
  });
});

it('A request waits at most a minute, also after more attempts than a number has bits', () => {
  expect([0, 4, 5, 31, 64, 5_000].map(backoffMs)).toEqual([2_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
});
