import { describe, expect, it } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import type { BetWinTransaction } from '../../shared/wallets/wallet.ts';
import { type Auditor, OperatorWallet, type WalletKind } from './wallet.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const betWin: BetWinTransaction = {
  transactionId: ids.transaction('round-1:debit'),
  roundId: ids.round('round-1'),
  playerId: ids.player('player-1'),
  gameCode: ids.game('simulated'),
  sessionId: ids.session('session-1'),
  currency: 'EUR',
  amountMinor: minorAmount(100n),
  winMinor: minorAmount(900n),
};

const nobody: Auditor = {
  reached: () => undefined,
  moves: () => undefined,
  mismatch: () => undefined,
  told: () => undefined,
};

function afterTheWinWasSpent(kind: WalletKind): OperatorWallet {
  const books = new OperatorWallet(kind, nobody);
  books.deposit('player-1', minorAmount(100n));
  books.betWin(betWin);
  books.deposit('player-1', minorAmount(-900n));
  return books;
}

describe('the rollback of a bet-win whose win was spent', () => {
  it('is refused by a wallet that keeps the contract, and undoes both parts once the money is back', () => {
    const books = afterTheWinWasSpent('keeps-the-contract');
    expect(books.rollback(betWin)).toEqual({ kind: 'unknown', reason: 'REFUSED' });
    expect(books.balanceOf('player-1')).toBe(0n);
    books.deposit('player-1', minorAmount(800n));
    expect(books.rollback(betWin)).toEqual({ kind: 'acknowledged' });
    expect(books.balanceOf('player-1')).toBe(0n);
  });

  it('leaves a negative balance in other wallets', () => {
    const books = afterTheWinWasSpent('forgets-rollbacks');
    expect(books.rollback(betWin)).toEqual({ kind: 'acknowledged' });
    expect(books.balanceOf('player-1')).toBe(-800n);
  });
});
