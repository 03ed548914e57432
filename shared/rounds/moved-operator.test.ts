import { beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../foundation/ids.fixture.ts';
import { movedTo, sampleOperator } from '../operators/operator.fixture.ts';
import type { Operator } from '../operators/operator.ts';
import type { WalletReply } from '../wallets/wallet.ts';
import { playRound } from './play-round.ts';
import { CONFIRM_VOID_AFTER_MS } from './owed-round.ts';
import { recoverRound } from './recover-round.ts';
import { codeOf, coinStep, log, RoundsFixture, settings } from './rounds.fixture.ts';

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const satisfies WalletReply;
const before = sampleOperator({ walletUrl: 'old' });
const after = movedTo(before, { walletId: ids.wallet('second'), walletUrl: 'new', walletCalls: 'bet-win' });
const inPlace = sampleOperator({ walletUrl: 'new', walletCalls: 'bet-win' });

let table: RoundsFixture;
const play = (given = {}) => playRound(table.ports(), settings, table.spin(given));
const bonus = { idempotencyKey: 'key-2', kind: 'bonus', betAmount: undefined } as const;
const head = () => table.ledger.head(log);

/** Empties the list of calls, so that a test sees those after the change alone. */
function change(operator: Operator): void {
  table.calledAt.length = 0;
  table.operator = operator;
}

/** A handler that dies once its debit is sent. */
async function dieAfterDebit(): Promise<void> {
  const ports = table.ports();
  const wallets: typeof ports.wallets = {
    of: (...which) => {
      const wallet = ports.wallets.of(...which);
      const debit: typeof wallet.debit = async (transaction) => {
        await wallet.debit(transaction);
        throw new Error('the process died');
      };
      return { ...wallet, debit };
    },
  };
  await expect(playRound({ ...ports, wallets }, settings, table.spin())).rejects.toThrow('died');
}

beforeEach(async () => {
  table = new RoundsFixture();
  table.operator = before;
  await table.open();
});

describe.each([
  ['to another wallet', after, 'old'],
  ['to another address of the same wallet', inPlace, 'new'],
] as const)('When an operator moves in mid-round %s', (_, changed, where) => {
  it('the win is credited by recovery where the stake was debited', async () => {
    table.replies.credit.push(unknown);
    await play();
    change(changed);
    await table.recoverAll();
    expect((await head())?.status).toBe('CREDITED');
    expect(table.calledAt).toEqual([`credit ${where}`]);
  });

  it('the win is credited by a repeated request where the stake was debited', async () => {
    table.replies.credit.push(unknown);
    const first = await play();
    change(changed);
    expect(await play()).toEqual({ ...first, winPending: false });
    expect((await head())?.status).toBe('CREDITED');
    expect(table.calledAt).toEqual([`credit ${where}`]);
  });

  it('the stake is rolled back by recovery where it was debited', async () => {
    table.replies.debit.push(unknown, unknown);
    table.replies.rollback.push(unknown);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    change(changed);
    await table.recoverAll();
    expect((await head())?.status).toBe('VOIDED');
    expect(table.calledAt).toEqual([`rollback ${where}`]);
  });

  it('the stake is rolled back by a repeated request where it was debited', async () => {
    table.replies.debit.push(unknown, unknown);
    table.replies.rollback.push(unknown);
    await codeOf(play());
    change(changed);
    expect(await codeOf(play())).toBe('ROUND_VOIDED');
    expect(table.calledAt).toEqual([`rollback ${where}`]);
  });

  it('the last rollback of a voided round goes where the stake was debited', async () => {
    table.replies.debit.push(unknown, unknown);
    await codeOf(play());
    change(changed);
    table.nowMs += CONFIRM_VOID_AFTER_MS;
    const request = { log, number: 1, purpose: 'confirm-void', attempt: 0 } as const;
    await recoverRound(table.ports(), settings, request);
    expect(table.calledAt).toEqual([`rollback ${where}`]);
  });

  it('a round whose handler died is rolled back where it was debited', async () => {
    await dieAfterDebit();
    change(changed);
    table.nowMs += settings.leaseMs;
    await recoverRound(table.ports(), settings, { log, number: 1, purpose: 'finish', attempt: 0 });
    await table.recoverAll();
    expect((await head())?.status).toBe('VOIDED');
    expect(table.calledAt).toEqual([`rollback ${where}`]);
  });

  it('a repeated request takes a round over at the wallet, and with the calls, that it began with', async () => {
    await dieAfterDebit();
    change(changed);
    table.nowMs += settings.leaseMs;
    await play();
    expect((await head())?.status).toBe('CREDITED');
    expect(table.calledAt).toEqual([`debit ${where}`, `credit ${where}`]);
  });
});

describe('When an operator has moved to another wallet', () => {
  it('the next round is played there, with the calls of that wallet', async () => {
    await play();
    change(after);
    await play({ idempotencyKey: 'key-2' });
    expect(await head()).toMatchObject({ walletId: 'second', walletCalls: 'bet-win' });
    expect(table.calledAt).toEqual(['betWin new']);
  });

  it('a bonus action is settled there, because it has no stake of its own', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await play();
    change(after);
    table.step = (state) => coinStep(state, 500_000n);
    await play(bonus);
    expect((await head())?.walletId).toBe('second');
    expect(table.calledAt).toEqual(['balance new', 'credit new']);
  });

  it('a win of an earlier bonus action is credited at the wallet of that time', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await play();
    table.step = (state) => coinStep(state, 500_000n);
    table.replies.credit.push(unknown);
    await play(bonus);
    change(after);
    await table.recoverAll();
    expect(await head()).toMatchObject({ status: 'CREDITED', walletId: 'main' });
    expect(table.calledAt).toEqual(['credit old']);
  });

  it('a bonus action whose process died before its write is played anew at the wallet of now', async () => {
    table.step = (state) => coinStep(state, 0n, true);
    await play();
    table.step = () => Promise.reject(new Error('the process died'));
    await expect(play(bonus)).rejects.toThrow('died');
    change(after);
    table.step = (state) => coinStep(state, 500_000n);
    await play(bonus);
    expect(await head()).toMatchObject({ number: 2, status: 'CREDITED', walletId: 'second' });
    expect(table.calledAt).toEqual(['balance new', 'credit new']);
  });

  it('a process that does not know the new wallet yet calls none, and recovers the round later', async () => {
    table.operator = after;
    table.replies.betWin.push(unknown, unknown);
    table.replies.rollback.push(unknown);
    await codeOf(play());
    change(before);
    const request = { log, number: 1, purpose: 'finish', attempt: 0 } as const;
    expect(await codeOf(recoverRound(table.ports(), settings, request))).toBe('SERVICE_UNAVAILABLE');
    expect(table.calledAt).toEqual([]);
    change(after);
    await table.recoverAll();
    expect(table.calledAt).toEqual(['rollback new']);
  });
});
