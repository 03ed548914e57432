import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounted, booked } from './reconciliation.fixture.ts';
import { addTotals, bookNetMinor, roundNetMinor, totalsOf } from './reconciliation-totals.ts';
import { ids } from '../foundation/ids.fixture.ts';
import { minorAmount } from '../money/money.ts';

const paid = accounted();
const id = `${paid.roundId}:bet-win`;
const betWon = accounted({
  stake: { transactionId: ids.transaction(id), amountMinor: minorAmount(100n) },
  win: { transactionId: ids.transaction(id), amountMinor: minorAmount(250n) },
});

function walletTotals(...transactions: Parameters<typeof totalsOf>[1] & object) {
  return totalsOf([], transactions)[0]?.wallet;
}

describe("the wallet's totals", () => {
  it('add up the debits, credits and rollbacks of single calls', () => {
    const debit = booked(paid, 'debit', { amountMinor: minorAmount(70n) });
    expect(
      walletTotals(booked(paid, 'debit'), debit, booked(paid, 'credit'), booked(paid, 'rollback')),
    ).toEqual({ transactions: 4, debitsMinor: 170n, creditsMinor: 250n, rollbacksMinor: 100n });
  });

  it('count the stake of a bet-win call as a debit and its win as a credit', () => {
    expect(walletTotals(booked(betWon, 'bet-win'), booked(paid, 'debit'), booked(paid, 'credit'))).toEqual({
      transactions: 3,
      debitsMinor: 200n,
      creditsMinor: 500n,
      rollbacksMinor: 0n,
    });
  });

  it('count the rollback of a bet-win call as the stake less the win that was taken back', () => {
    expect(walletTotals(booked(betWon, 'bet-win'), booked(betWon, 'rollback'))).toEqual({
      transactions: 2,
      debitsMinor: 100n,
      creditsMinor: 250n,
      rollbacksMinor: -150n,
    });
  });

  it('are unknown where the wallet offers no list', () => {
    expect(totalsOf([paid], undefined)).toMatchObject([{ currency: 'EUR', wallet: undefined }]);
  });
});

describe("the game server's totals", () => {
  it('hold stakes and wins of rounds with an outcome, and the stakes of voided rounds apart', () => {
    const rounds = [
      paid,
      accounted({ status: 'COMMITTED', win: undefined }),
      accounted({
        stake: undefined,
        win: { transactionId: ids.transaction('bonus'), amountMinor: minorAmount(40n) },
      }),
      accounted({
        status: 'VOIDED',
        win: undefined,
        stake: { transactionId: ids.transaction('void'), amountMinor: minorAmount(30n) },
      }),
      ...(['REJECTED', 'FAILED'] as const).map((status) => accounted({ status, win: undefined })),
    ];
    expect(totalsOf(rounds, [])).toEqual([
      {
        currency: 'EUR',
        rgs: { rounds: 6, stakesMinor: 200n, winsMinor: 290n, voidedMinor: 30n },
        wallet: { transactions: 0, debitsMinor: 0n, creditsMinor: 0n, rollbacksMinor: 0n },
      },
    ]);
  });
});

describe('the totals of a period', () => {
  it('are listed by currency in the order of their codes, although one side may have none', () => {
    const rounds = [accounted({ currency: 'SEK' }), accounted({ currency: 'JPY' })];
    const books = [booked(paid, 'debit', { currency: 'USD' }), booked(paid, 'debit', { currency: 'EUR' })];
    expect(
      totalsOf(rounds, books).map(({ currency, rgs, wallet }) => [
        currency,
        rgs.rounds,
        wallet?.transactions,
      ]),
    ).toEqual([
      ['EUR', 0, 1],
      ['JPY', 1, 0],
      ['SEK', 1, 0],
      ['USD', 0, 1],
    ]);
  });

  it('are the sum of the totals of its parts, wherever it is cut', () => {
    const currency = fc.constantFrom('SEK', 'EUR', 'USD');
    const amountMinor = fc.bigInt({ min: 0n, max: 1_000n }).map(minorAmount);
    const status = fc.constantFrom('CREDITED', 'COMMITTED', 'VOIDED', 'REJECTED');
    const round = fc
      .record({ currency, status, stakeMinor: amountMinor, winMinor: amountMinor })
      .map(({ stakeMinor, winMinor, ...given }) =>
        accounted({
          ...given,
          stake: { transactionId: ids.transaction('stake'), amountMinor: stakeMinor },
          win: { transactionId: ids.transaction('win'), amountMinor: winMinor },
        }),
      );
    const kind = fc.constantFrom('debit', 'credit', 'rollback', 'bet-win');
    const transaction = fc
      .record({ kind, currency, amountMinor, winMinor: amountMinor })
      .map(({ kind, ...given }) => booked(paid, kind, given));
    const period = fc.tuple(fc.array(round, { maxLength: 4 }), fc.array(transaction, { maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(period, { maxLength: 3 }), (periods) => {
        const whole = totalsOf(
          periods.flatMap(([rounds]) => rounds),
          periods.flatMap(([, books]) => books),
        );
        expect(addTotals(periods.map(([rounds, books]) => totalsOf(rounds, books)))).toEqual(whole);
      }),
    );
  });

  it('are unknown on the side of the wallet where any part of the period has no list', () => {
    const known = totalsOf([paid], [booked(paid, 'debit')]);
    const unknown = totalsOf([paid], undefined);
    expect(addTotals([known, unknown])).toMatchObject([{ rgs: { rounds: 2 }, wallet: undefined }]);
    expect(addTotals([unknown, known])).toMatchObject([{ rgs: { rounds: 2 }, wallet: undefined }]);
  });
});

describe("the operator's net", () => {
  it('is the stakes less the wins by the rounds', () => {
    expect(
      roundNetMinor({
        rounds: 3,
        stakesMinor: minorAmount(300n),
        winsMinor: minorAmount(250n),
        voidedMinor: minorAmount(100n),
      }),
    ).toBe(50n);
  });

  it('is the debits less credits and rollbacks by the books', () => {
    expect(
      bookNetMinor({
        transactions: 3,
        debitsMinor: minorAmount(300n),
        creditsMinor: minorAmount(250n),
        rollbacksMinor: minorAmount(20n),
      }),
    ).toBe(30n);
  });

  it('is zero for a call that was rolled back, whether a debit or a bet-win', () => {
    const undone = [
      [booked(paid, 'debit'), booked(paid, 'rollback')],
      [booked(betWon, 'bet-win'), booked(betWon, 'rollback')],
    ];
    for (const books of undone) expect(bookNetMinor(walletTotals(...books)!)).toBe(0n);
  });

  it('is the same by the rounds and by the books of a wallet that did what was asked', () => {
    const voided = accounted({ status: 'VOIDED', win: undefined });
    const books = [
      booked(paid, 'debit'),
      booked(paid, 'credit'),
      booked(betWon, 'bet-win'),
      booked(voided, 'debit'),
      booked(voided, 'rollback'),
    ];
    const [totals] = totalsOf([paid, betWon, voided], books);
    expect(bookNetMinor(totals!.wallet!)).toBe(roundNetMinor(totals!.rgs));
    expect(roundNetMinor(totals!.rgs)).toBe(-300n);
  });
});
