import { beforeEach, describe, expect, it } from 'vitest';
import type { WalletReply } from '../wallets/wallet.ts';
import { codeOf, dyingAtDebit, log, RoundsFixture, settings } from './rounds.fixture.ts';
import { playRound } from './play-round.ts';

const notSent: WalletReply = { kind: 'unknown', reason: 'NOT_SENT' };
const lost: WalletReply = { kind: 'unknown', reason: 'TIMEOUT' };

let table: RoundsFixture;
beforeEach(async () => {
  table = new RoundsFixture();
  await table.open();
});

const play = () => playRound(table.ports(), settings, table.spin());
const head = () => table.ledger.head(log);
const callNames = () => table.calls.map(({ call }) => call);

describe('A debit that was never sent', () => {
  it('A debit that no attempt could send ends the round with nothing to roll back', async () => {
    table.replies.debit.push(notSent, notSent);
    expect(await codeOf(play())).toBe('WALLET_UNAVAILABLE');
    expect(callNames()).toEqual(['debit', 'debit']);
    expect(await head()).toMatchObject({ status: 'REJECTED', refusal: 'WALLET_UNAVAILABLE' });
    expect(table.recovery.nextDueAtMs).toBeUndefined();
  });

  it('A debit that was not sent is told again to the same request, and leaves the log free for another', async () => {
    table.replies.debit.push(notSent, notSent);
    await expect(play()).rejects.toMatchObject({ code: 'WALLET_UNAVAILABLE', retryable: false });
    expect(await codeOf(play())).toBe('WALLET_UNAVAILABLE');
    await playRound(table.ports(), settings, table.spin({ idempotencyKey: 'key-2' }));
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED' });
  });

  it('A debit that was not sent at first is sent with the same id', async () => {
    table.replies.debit.push(notSent);
    await play();
    expect(callNames()).toEqual(['debit', 'debit', 'credit']);
    expect(table.calls[1]?.transaction).toEqual(table.calls[0]?.transaction);
  });

  it.each([
    ['after', [lost, notSent]],
    ['before', [notSent, lost]],
  ])(
    'A debit is rolled back where one attempt was not sent %s another one that was lost',
    async (_, replies) => {
      table.replies.debit.push(...replies);
      expect(await codeOf(play())).toBe('ROUND_VOIDED');
      await table.recoverUntil(table.nowMs + 5_000);
      expect(callNames()).toEqual(['debit', 'debit', 'rollback']);
    },
  );

  it('A debit is rolled back where an earlier owner of the round may have sent it', async () => {
    await expect(playRound(dyingAtDebit(table.ports()), settings, table.spin())).rejects.toThrow(
      'the process died',
    );
    table.nowMs += settings.leaseMs;
    table.replies.debit.push(notSent, notSent);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    await table.recoverUntil(table.nowMs + 5_000);
    expect(callNames()).toEqual(['debit', 'debit', 'rollback']);
  });
});

it('A refusal is clean where the attempt before it was not sent', async () => {
  table.replies.debit.push(notSent, { kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
  expect(await codeOf(play())).toBe('INSUFFICIENT_FUNDS');
  expect(await head()).toMatchObject({ status: 'REJECTED' });
});
