import { describe, expect, expectTypeOf, it } from 'vitest';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { currencyOf } from '../../shared/money/currency.ts';
import {
  type MinorAmount,
  minorAmount,
  minus,
  NOTHING,
  parseAmount,
  plus,
  winFor,
} from '../../shared/money/money.ts';
import type { Outcome, RoundTerms } from '../../shared/rounds/round.ts';
import type { BetWinTransaction, WalletTransaction } from '../../shared/wallets/wallet.ts';

/*
 * The compiler checks this file: `npm run check` fails where a line that is marked as an error compiles. A change that
 * lets something else pass as money is therefore noticed.
 */

const EUR = currencyOf('EUR');

describe('the type of an amount', () => {
  it('lets neither a plain integer nor a payout nor a count stand for money', () => {
    expectTypeOf<bigint>().not.toExtend<MinorAmount>();
    expectTypeOf<Outcome['payoutMillionths']>().not.toExtend<MinorAmount>();
    expectTypeOf<RoundTerms['number']>().not.toExtend<MinorAmount>();
    expectTypeOf<Outcome['winMinor']>().toEqualTypeOf<MinorAmount>();
    expectTypeOf<RoundTerms['stakeMinor']>().toEqualTypeOf<MinorAmount>();
    expectTypeOf<WalletTransaction['amountMinor']>().toEqualTypeOf<MinorAmount>();
    expectTypeOf<BetWinTransaction['winMinor']>().toEqualTypeOf<MinorAmount>();
  });

  it('is what reading, adding, taking away and paying give, and no operator of the language does', () => {
    const [one, payoutMillionths] = [parseAmount('1.00', EUR), 2_000_000n];
    expectTypeOf(one).toEqualTypeOf<MinorAmount>();
    expectTypeOf(plus(one, one)).toEqualTypeOf<MinorAmount>();
    expectTypeOf(minus(one, one)).toEqualTypeOf<MinorAmount>();
    expectTypeOf(winFor(payoutMillionths, one, EUR)).toEqualTypeOf<MinorAmount>();
    expectTypeOf(one + one).not.toExtend<MinorAmount>();
    expectTypeOf(one * payoutMillionths).not.toExtend<MinorAmount>();
  });

  it('refuses something else where the product uses money', () => {
    const mistakes = (payoutMillionths: bigint, betMinor: MinorAmount, steps: bigint) => {
      // @ts-expect-error payout and bet are swapped
      winFor(betMinor, payoutMillionths, EUR);
      // @ts-expect-error a payout in millionths is not added to money
      plus(betMinor, payoutMillionths);
      // @ts-expect-error a count is not taken from money
      minus(betMinor, steps);
      const transaction: WalletTransaction = {
        transactionId: ids.transaction('transaction'),
        roundId: ids.round('round'),
        playerId: ids.player('player'),
        gameCode: ids.game('coin'),
        sessionId: ids.session('session'),
        currency: 'EUR',
        // @ts-expect-error a plain integer is not an amount of money
        amountMinor: 100n,
      };
      return transaction;
    };
    expectTypeOf(mistakes).toBeFunction();
  });

  it('leaves an amount the plain integer that it was', () => {
    expect(minorAmount(100n)).toBe(100n);
    expect(typeof minorAmount(100n)).toBe('bigint');
    expect(NOTHING).toBe(0n);
  });
});
