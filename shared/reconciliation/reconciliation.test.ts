import { mainWallet } from '../operators/operator.fixture.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounted, atMs, booked } from './reconciliation.fixture.ts';
import { differencesOf, unknownRound } from './reconciliation.ts';
import { minorAmount, minus, NOTHING } from '../money/money.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import { ids } from '../foundation/ids.fixture.ts';

const paid = accounted();
const lost = accounted({ status: 'COMMITTED', win: undefined });
const bonus = accounted({ stake: undefined });
const id = `${paid.roundId}:bet-win`;
const betWon = accounted({
  stake: { transactionId: ids.transaction(id), amountMinor: minorAmount(100n) },
  win: { transactionId: ids.transaction(id), amountMinor: minorAmount(250n) },
});
const without = (status: AccountedRound['status']) => accounted({ status, win: undefined });

const kindsOf = (round: AccountedRound, ...transactions: BookedTransaction[]) =>
  differencesOf(round, transactions).map(({ kind }) => kind);

describe('the books of a wallet', () => {
  const voided = without('VOIDED');
  it.each<[string, AccountedRound, BookedTransaction[]]>([
    ['with a paid win', paid, [booked(paid, 'debit'), booked(paid, 'credit')]],
    ['whatever the order of its transactions', paid, [booked(paid, 'credit'), booked(paid, 'debit')]],
    ['without a win', lost, [booked(lost, 'debit')]],
    ['of a bonus, with a win and no stake', bonus, [booked(bonus, 'credit')]],
    ['with stake and win in one call', betWon, [booked(betWon, 'bet-win')]],
    ['that was refused', without('REJECTED'), []],
    ['that failed', without('FAILED'), []],
    ['that was voided before anything was debited', voided, []],
    ['whose stake was rolled back', voided, [booked(voided, 'debit'), booked(voided, 'rollback')]],
    [
      'whose bet-win was rolled back',
      { ...betWon, status: 'VOIDED', win: undefined },
      [booked(betWon, 'bet-win'), booked(betWon, 'rollback')],
    ],
    ['that is an intent and has not reached the wallet', without('INTENT'), []],
    [
      'whose win the wallet has credited but not acknowledged',
      { ...paid, status: 'COMMITTED' },
      [booked(paid, 'debit'), booked(paid, 'credit')],
    ],
  ])('agree with a round %s', (_, round, transactions) => {
    expect(differencesOf(round, transactions)).toEqual([]);
  });
});

describe('money that the wallet does not have', () => {
  it('is a missing debit or credit of a round that has ended', () => {
    expect(kindsOf(paid)).toEqual(['MISSING_DEBIT', 'MISSING_CREDIT']);
    expect(kindsOf(paid, booked(paid, 'credit'))).toEqual(['MISSING_DEBIT']);
    expect(kindsOf(paid, booked(paid, 'debit'))).toEqual(['MISSING_CREDIT']);
    expect(kindsOf(betWon)).toEqual(['MISSING_DEBIT', 'MISSING_CREDIT']);
  });

  it('is a missing credit of a bet-win that was rolled back, where another movement took the stake again', () => {
    const [stake, undone] = [booked(betWon, 'bet-win'), booked(betWon, 'rollback')];
    expect(kindsOf(betWon, stake, undone, booked(betWon, 'debit'))).toEqual(['MISSING_CREDIT']);
  });

  it('is a pending credit where the win is still owed', () => {
    const owing = accounted({ status: 'COMMITTED' });
    expect(differencesOf(owing, [booked(owing, 'debit')])).toEqual([
      {
        kind: 'PENDING_CREDIT',
        walletId: 'main',
        roundId: owing.roundId,
        status: 'COMMITTED',
        expected: {
          transactionId: `${owing.roundId}:credit`,
          playerId: 'player123',
          currency: 'EUR',
          amountMinor: 250n,
        },
        found: undefined,
      },
    ]);
  });

  it('is an unexpected rollback where the stake of a played round was rolled back', () => {
    expect(kindsOf(lost, booked(lost, 'debit'), booked(lost, 'rollback'))).toEqual(['UNEXPECTED_ROLLBACK']);
    expect(kindsOf(betWon, booked(betWon, 'bet-win'), booked(betWon, 'rollback'))).toEqual([
      'UNEXPECTED_ROLLBACK',
    ]);
  });
});

describe('money that the wallet has moved without a reason', () => {
  it.each(['REJECTED', 'FAILED', 'VOIDED'] as const)(
    'is an unexpected debit of a round that is %s',
    (status) => {
      const round = without(status);
      expect(kindsOf(round, booked(round, 'debit'))).toEqual(['UNEXPECTED_DEBIT']);
    },
  );

  it.each(['INTENT', 'VOIDING'] as const)('is a pending rollback while the round is %s', (status) => {
    const round = without(status);
    expect(kindsOf(round, booked(round, 'debit'))).toEqual(['PENDING_ROLLBACK']);
    expect(kindsOf({ ...betWon, status, win: undefined }, booked(betWon, 'bet-win'))).toEqual([
      'PENDING_ROLLBACK',
    ]);
  });

  it('is every debit and credit except the first, and every one of another id', () => {
    const twice = [booked(paid, 'debit'), booked(paid, 'credit')];
    expect(kindsOf(paid, ...twice, ...twice)).toEqual(['UNEXPECTED_DEBIT', 'UNEXPECTED_CREDIT']);
    const other = booked(paid, 'debit', { transactionId: ids.transaction('another') });
    expect(kindsOf(paid, ...twice, other)).toEqual(['UNEXPECTED_DEBIT']);
    expect(kindsOf(paid, other, booked(paid, 'credit'))).toEqual(['MISSING_DEBIT', 'UNEXPECTED_DEBIT']);
  });

  it('is a win of a round that has none', () => {
    expect(kindsOf(lost, booked(lost, 'debit'), booked(paid, 'credit'))).toEqual(['UNEXPECTED_CREDIT']);
    expect(kindsOf(without('VOIDED'), booked(paid, 'credit'))).toEqual(['UNEXPECTED_CREDIT']);
  });

  it('is no credit of an intent, which may be played between the two readings', () => {
    const intent = without('INTENT');
    expect(kindsOf(intent, booked(paid, 'credit'))).toEqual([]);
    expect(kindsOf(without('VOIDING'), booked(paid, 'credit'))).toEqual(['UNEXPECTED_CREDIT']);
  });

  it('is a rollback of a stake that was not debited, or was rolled back already', () => {
    const round = without('VOIDED');
    const rollback = booked(round, 'rollback');
    expect(kindsOf(round, rollback)).toEqual(['UNEXPECTED_ROLLBACK']);
    expect(kindsOf(round, booked(round, 'debit'), rollback, rollback)).toEqual(['UNEXPECTED_ROLLBACK']);
  });

  it('is a transaction of a round that nobody knows', () => {
    const stranger = booked(paid, 'debit');
    expect(unknownRound(stranger, mainWallet)).toEqual({
      kind: 'UNKNOWN_ROUND',
      roundId: paid.roundId,
      walletId: 'main',
      status: undefined,
      expected: undefined,
      found: {
        transactionId: `${paid.roundId}:debit`,
        playerId: 'player123',
        currency: 'EUR',
        amountMinor: 100n,
        atMs,
      },
    });
  });
});

describe('a transaction that differs from its round', () => {
  it.each([
    [{ amountMinor: minorAmount(101n) }, ['AMOUNT_MISMATCH']],
    [{ currency: 'SEK' }, ['CURRENCY_MISMATCH']],
    [{ currency: 'SEK', amountMinor: minorAmount(1n) }, ['CURRENCY_MISMATCH']],
    [{ playerId: 'player124' }, ['PLAYER_MISMATCH']],
    [{ playerId: 'player124', amountMinor: minorAmount(99n) }, ['PLAYER_MISMATCH', 'AMOUNT_MISMATCH']],
  ] as const)('is reported: %o', (change, kinds) => {
    expect(kindsOf(paid, booked(paid, 'debit', change), booked(paid, 'credit'))).toEqual(kinds);
    expect(kindsOf(paid, booked(paid, 'debit'), booked(paid, 'credit', change))).toEqual(kinds);
    const voided = without('VOIDED');
    expect(kindsOf(voided, booked(voided, 'debit'), booked(voided, 'rollback', change))).toEqual(kinds);
  });

  it('is reported where a rollback of a bet-win did not take its win back', () => {
    const voided = { ...betWon, status: 'VOIDED' as const, win: undefined };
    const kept = booked(betWon, 'rollback', { winMinor: minorAmount(0n) });
    expect(kindsOf(voided, booked(betWon, 'bet-win'), kept)).toEqual(['AMOUNT_MISMATCH']);
  });

  it('is reported with the win of a bet-win apart from its stake', () => {
    const [difference] = differencesOf(betWon, [booked(betWon, 'bet-win', { winMinor: minorAmount(249n) })]);
    expect(difference).toMatchObject({
      kind: 'AMOUNT_MISMATCH',
      expected: { amountMinor: 250n },
      found: { amountMinor: 249n },
    });
  });
});

/** There are few ids, players, currencies and amounts, so that books which are nearly right come up often. */
const anyBooked = fc
  .record({
    kind: fc.constantFrom('debit', 'credit', 'rollback', 'bet-win'),
    transactionId: fc
      .constantFrom(`${paid.roundId}:debit`, `${paid.roundId}:credit`, id)
      .map(ids.transaction),
    playerId: fc.constantFrom('player123', 'player123', 'player124'),
    currency: fc.constantFrom('EUR', 'EUR', 'SEK'),
    amountMinor: fc.constantFrom(100n, 250n).map(minorAmount),
    winMinor: fc.constantFrom(0n, 250n).map(minorAmount),
  })
  .map((given): BookedTransaction => {
    const winMinor = given.kind === 'bet-win' || given.kind === 'rollback' ? given.winMinor : NOTHING;
    return { ...booked(paid, given.kind), ...given, winMinor };
  });
const anyFinal = fc.constantFrom(
  paid,
  lost,
  bonus,
  betWon,
  { ...betWon, status: 'COMMITTED' as const, win: undefined },
  ...(['REJECTED', 'FAILED', 'VOIDED'] as const).map(without),
);

/** Computes what the books did to each account that they touch. */
function changes(books: readonly BookedTransaction[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { kind, playerId, currency, amountMinor, winMinor } of books) {
    const change = {
      credit: amountMinor,
      debit: minus(NOTHING, amountMinor),
      'bet-win': winMinor - amountMinor,
      rollback: amountMinor - winMinor,
    }[kind];
    const account = `${playerId} ${currency}`;
    sums.set(account, (sums.get(account) ?? 0n) + change);
  }
  return sums;
}

describe('books without a difference', () => {
  it("have changed the player's account by exactly what the round asks for, and no other account", () => {
    let agreed = 0;
    fc.assert(
      fc.property(anyFinal, fc.array(anyBooked, { maxLength: 3 }), (round, books) => {
        if (differencesOf(round, books).length > 0) return;
        agreed += 1;
        const played = round.status === 'COMMITTED' || round.status === 'CREDITED';
        const asked = played ? (round.win?.amountMinor ?? 0n) - (round.stake?.amountMinor ?? 0n) : 0n;
        const sums = changes(books);
        expect(sums.get('player123 EUR') ?? 0n).toBe(asked);
        sums.delete('player123 EUR');
        expect([...sums.values()].filter((sum) => sum !== 0n)).toEqual([]);
      }),
      { numRuns: 20_000 },
    );
    expect(agreed).toBeGreaterThan(100);
  });
});

describe('right books that lose, double or change one transaction', () => {
  it('have a difference', () => {
    const right = (round: AccountedRound): BookedTransaction[] => {
      if (round.stake?.transactionId === id) return [booked(round, 'bet-win')];
      return [
        ...(round.stake ? [booked(round, 'debit')] : []),
        ...(round.win ? [booked(round, 'credit')] : []),
      ];
    };
    const changes: ((one: BookedTransaction) => BookedTransaction[])[] = [
      () => [],
      (one) => [one, one],
      (one) => [{ ...one, amountMinor: minorAmount(one.amountMinor + 1n) }],
      (one) => [{ ...one, currency: 'USD' }],
      (one) => [{ ...one, playerId: ids.player('player124') }],
      (one) => [{ ...one, transactionId: ids.transaction('another') }],
      (one) => [one, { ...one, kind: 'rollback' }],
    ];
    for (const round of [paid, lost, bonus, betWon]) {
      const books = right(round);
      expect(differencesOf(round, books)).toEqual([]);
      books.forEach((one, index) => {
        for (const change of changes) {
          expect(differencesOf(round, books.toSpliced(index, 1, ...change(one))), String(change)).not.toEqual(
            [],
          );
        }
      });
    }
  });
});
