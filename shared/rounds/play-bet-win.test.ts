import { sampleOperator } from '../operators/operator.fixture.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { isFinal, type Round, stakeTransactionId } from './round.ts';
import { type PlayRequest, playRound } from './play-round.ts';
import { minorAmount } from '../money/money.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

let table: RoundsFixture;

beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
  table.operator = sampleOperator({ walletCalls: 'bet-win' });
});

const play = (overrides: Partial<PlayRequest> = {}) =>
  playRound(table.ports(), settings, table.spin(overrides));
const head = async () => (await table.ledger.head(log)) as Round;
const callNames = () => table.calls.map(({ call }) => call);
const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;

describe('A spin at a wallet for bet-win', () => {
  it("A spin with bet-win makes one call alone, answers the wallet's balance, and is final in one write", async () => {
    const answer = await play();
    const transactionId = stakeTransactionId(await head());
    expect(transactionId).toMatch(new RegExp(`^${answer.roundId}:[0-9a-f]{16}:bet-win$`));
    expect(table.calls).toMatchObject([
      {
        call: 'betWin',
        transaction: { transactionId, amountMinor: 100n, winMinor: 200n },
      },
    ]);
    expect(answer).toMatchObject({ win: '2.00', balance: '101.00' });
    expect(await head()).toMatchObject({
      status: 'CREDITED',
      outcome: { balanceBeforeMinor: 10_000n, balanceAfterMinor: 10_100n },
    });
    expect(table.recovery.size).toBe(0);
  });

  it('A bet-win whose win was spent at once is never told with a balance before it that is below zero', async () => {
    table.replies.betWin.push({ kind: 'acknowledged', balanceMinor: minorAmount(30n) });
    expect(await play()).toMatchObject({ win: '2.00', balance: '0.30' });
    expect(await head()).toMatchObject({ outcome: { balanceBeforeMinor: 0n, balanceAfterMinor: 30n } });
  });

  it('A bet-win without a win is committed, and nothing is owed', async () => {
    table.step = (state) => coinStep(state, 0n);
    expect(await play()).toMatchObject({ win: '0.00', balance: '99.00' });
    expect(callNames()).toEqual(['betWin']);
    expect(isFinal(await head())).toBe(true);
  });

  it('A bet-win that is unknown once is repeated with the same bytes', async () => {
    table.replies.betWin.push(unknown);
    await play();
    expect(table.calls[1]).toEqual(table.calls[0]);
    expect((await head()).status).toBe('CREDITED');
  });

  it('A bet-win that stays unknown shows no outcome and is rolled back by its own id', async () => {
    table.replies.betWin.push(unknown, unknown);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect((await head()).status).toBe('VOIDED');
    expect(table.calls.at(-1)).toMatchObject({
      call: 'rollback',
      transaction: { transactionId: table.calls[0]?.transaction.transactionId, amountMinor: 100n },
    });
  });

  it('A round whose bet-win is refused is rejected, and nothing is rolled back', async () => {
    table.replies.betWin.push({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await codeOf(play())).toBe('INSUFFICIENT_FUNDS');
    expect(callNames()).toEqual(['betWin']);
  });

  it('A bet-win is rolled back as a bet-win, whatever the operator is registered with since', async () => {
    table.replies.betWin.push(unknown, unknown);
    table.replies.rollback.push(unknown);
    await play().catch(() => undefined);
    table.operator = sampleOperator({ walletCalls: 'debit-credit' });
    await table.recoverAll();
    const [first, last] = [table.calls[0], table.calls.at(-1)];
    expect([first?.call, last?.call]).toEqual(['betWin', 'rollback']);
    expect(last?.transaction.transactionId).toBe(first?.transaction.transactionId);
    expect(last?.transaction.transactionId).toMatch(/:bet-win$/);
  });

  it('The win of a bonus action is a credit, because there is no stake', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await play({ idempotencyKey: 'a' });
    table.step = (state) => coinStep(state, 500_000n);
    await play({ idempotencyKey: 'b', kind: 'bonus', betAmount: undefined });
    expect(callNames()).toEqual(['betWin', 'credit']);
  });
});
