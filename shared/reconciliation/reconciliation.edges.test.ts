import { describe, expect, it } from 'vitest';
import { accounted, booked } from './reconciliation.fixture.ts';
import { differencesOf } from './reconciliation.ts';
import { minorAmount } from '../money/money.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import { ids } from '../foundation/ids.fixture.ts';

const paid = accounted();
const id = ids.transaction(`${paid.roundId}:bet-win`);
const stake = { transactionId: id, amountMinor: minorAmount(100n) };
const betWon = accounted({ stake, win: { transactionId: id, amountMinor: minorAmount(250n) } });
const betLost = accounted({ status: 'COMMITTED', stake, win: undefined });
const kindsOf = (round: AccountedRound, ...transactions: BookedTransaction[]) =>
  differencesOf(round, transactions).map(({ kind }) => kind);

describe('a bet-win call', () => {
  it('is no credit where it won nothing', () => {
    expect(kindsOf(betLost, booked(betLost, 'bet-win'))).toEqual([]);
  });

  it('leaves the credits of other transactions as they are where it was rolled back', () => {
    const credit = booked(betWon, 'credit', { transactionId: ids.transaction('another') });
    const books = [booked(betWon, 'bet-win'), booked(betWon, 'rollback'), credit];
    expect(kindsOf({ ...betWon, status: 'VOIDED', win: undefined }, ...books)).toEqual(['UNEXPECTED_CREDIT']);
  });

  it('keeps one stake and one win where it was made twice and rolled back once', () => {
    const books = [booked(betWon, 'bet-win'), booked(betWon, 'bet-win'), booked(betWon, 'rollback')];
    expect(kindsOf(betWon, ...books)).toEqual([]);
  });

  it('is reported with the win on either side where its rollback kept the win', () => {
    const voided = { ...betWon, status: 'VOIDED' as const, win: undefined };
    const kept = booked(betWon, 'rollback', { winMinor: minorAmount(0n) });
    expect(differencesOf(voided, [booked(betWon, 'bet-win'), kept])).toMatchObject([
      { kind: 'AMOUNT_MISMATCH', expected: { amountMinor: 250n }, found: { amountMinor: 0n } },
    ]);
  });
});

describe('a stake of a played round that was rolled back', () => {
  it('is reported with the amount that was returned, against the stake that should have stayed', () => {
    const lost = accounted({ status: 'COMMITTED', win: undefined });
    expect(differencesOf(lost, [booked(lost, 'debit'), booked(lost, 'rollback')])).toMatchObject([
      {
        kind: 'UNEXPECTED_ROLLBACK',
        expected: { transactionId: `${lost.roundId}:debit`, amountMinor: 100n },
        found: { transactionId: `${lost.roundId}:debit`, amountMinor: 100n },
      },
    ]);
  });

  it('does not explain a missing credit of its own id where the calls were apart', () => {
    expect(kindsOf(paid, booked(paid, 'debit'), booked(paid, 'rollback'))).toEqual([
      'UNEXPECTED_ROLLBACK',
      'MISSING_CREDIT',
    ]);
  });

  it('does not excuse a stake of another id', () => {
    const other = { transactionId: ids.transaction('another') };
    const books = [booked(paid, 'debit', other), booked(paid, 'rollback', other), booked(paid, 'credit')];
    expect(kindsOf(paid, ...books)).toEqual(['MISSING_DEBIT']);
  });
});

describe('a bonus action, which has no stake', () => {
  const bonus = accounted({ stake: undefined });

  it('is owed its win although a stake of some id was rolled back', () => {
    expect(kindsOf(bonus, booked(paid, 'debit'), booked(paid, 'rollback'))).toEqual(['MISSING_CREDIT']);
  });
});
