import { mainWallet, sampleOperator } from '../operators/operator.fixture.ts';
import { describe, expect, it } from 'vitest';
import { minorAmount } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import { countedWallets } from './counted-wallets.ts';
import type { RollbackReply, Wallet, WalletReply, WalletTransaction } from './wallet.ts';
import { ids } from '../foundation/ids.fixture.ts';

const operator: Operator = sampleOperator();
const transaction: WalletTransaction = {
  transactionId: ids.transaction('round-1:debit'),
  roundId: ids.round('round-1'),
  playerId: ids.player('player123'),
  gameCode: ids.game('coin'),
  sessionId: ids.session('session-1'),
  currency: 'EUR',
  amountMinor: minorAmount(100n),
};
const acknowledged = { kind: 'acknowledged', balanceMinor: 900n } as const;
const refused = { kind: 'refused', code: 'PLAYER_BLOCKED' } as const;
const timedOut = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const mismatch = { kind: 'unknown', reason: 'TRANSACTION_MISMATCH' } as const;

/** Makes one call of a wallet that answers `reply`. */
async function told(call: 'debit' | 'credit' | 'betWin' | 'rollback', reply: WalletReply | RollbackReply) {
  const counted: string[] = [];
  const warned: unknown[] = [];
  const answer = async () => reply as never;
  const wallet = { debit: answer, credit: answer, betWin: answer, rollback: answer } as unknown as Wallet;
  const telemetry = {
    count: (event: string) => void counted.push(event),
    warn: (_message: string, fields: unknown) => void warned.push(fields),
  };
  const countedWallet = countedWallets({ of: () => wallet }, telemetry).of(operator, mainWallet);
  const answered = await countedWallet[call]({ ...transaction, winMinor: minorAmount(0n) });
  expect(answered).toBe(reply);
  return { counted, warned };
}

describe('A counted wallet', () => {
  it.each(['debit', 'credit', 'betWin', 'rollback'] as const)(
    'counts nothing for an acknowledged %s',
    async (call) => {
      expect(await told(call, acknowledged)).toEqual({ counted: [], warned: [] });
    },
  );

  it.each([
    ['debit', 'debit'],
    ['credit', 'credit'],
    ['betWin', 'bet-win'],
    ['rollback', 'rollback'],
  ] as const)('counts and logs a %s whose answer is unknown', async (call, name) => {
    const warned = [
      { roundId: 'round-1', operatorId: 'demo', walletId: 'main', call: name, reason: 'TIMEOUT' },
    ];
    expect(await told(call, timedOut)).toEqual({ counted: ['WalletUnknown'], warned });
  });

  it('counts a refused credit, because the win is owed all the same', async () => {
    const { counted, warned } = await told('credit', refused);
    expect(counted).toEqual(['WalletUnknown']);
    expect(warned).toMatchObject([{ reason: 'PLAYER_BLOCKED' }]);
  });

  it.each(['debit', 'betWin'] as const)(
    'counts no refused %s, because a refusal is an answer',
    async (call) => {
      expect(await told(call, refused)).toEqual({ counted: [], warned: [] });
    },
  );

  it('counts no rollback of a transaction that the wallet does not know', async () => {
    expect(await told('rollback', { kind: 'not-found' })).toEqual({ counted: [], warned: [] });
  });

  it.each(['credit', 'rollback'] as const)(
    'counts and logs an odd balance in the reply to a %s',
    async (call) => {
      const odd = { kind: 'acknowledged', oddBalance: 'UNREADABLE' } as const;
      const warned = [
        { roundId: 'round-1', operatorId: 'demo', walletId: 'main', call, oddBalance: 'UNREADABLE' },
      ];
      expect(await told(call, odd)).toEqual({ counted: ['WalletBalanceOdd'], warned });
    },
  );

  it('raises the alarm where a transaction id is known for another payload', async () => {
    expect((await told('debit', mismatch)).counted).toEqual(['WalletUnknown', 'WalletTransactionMismatch']);
  });
});
