import { Decimal } from 'decimal.js';
import type * as z from 'zod';
import { type Currency } from './currency.ts';
import { FaultError, RequestError } from '../foundation/errors.ts';

/**
 * An amount of money in minor units. The functions of this file make it, and so do the schemas of stored items. A payout
 * in millionths or a count is therefore never taken for money.
 */
export type MinorAmount = bigint & z.core.$brand<'MinorAmount'>;

/** Says that an integer is an amount of money in minor units. */
export function minorAmount(value: bigint): MinorAmount {
  return value as MinorAmount;
}

export const NOTHING = minorAmount(0n);

export function plus(one: MinorAmount, other: MinorAmount): MinorAmount {
  return minorAmount(one + other);
}

export function minus(one: MinorAmount, other: MinorAmount): MinorAmount {
  return minorAmount(one - other);
}

export type RoundingMode = 'half-even' | 'half-up' | 'down';

/** Payouts are integers in millionths of the base bet. */
export const MILLIONTHS = 1_000_000n;

/** No account holds more digits before the decimal point, in any currency. */
const INTEGER_DIGITS = 18;
const MAX_DECIMALS = 18;

/** No amount of any currency is larger. Two of them add up to less than the 38 digits of a number in DynamoDB. */
export const MAX_AMOUNT_MINOR = 10n ** BigInt(INTEGER_DIGITS + MAX_DECIMALS) - 1n;

/** The largest amount of a currency, in minor units. */
export function maxAmountMinor({ decimals }: Currency): MinorAmount {
  return minorAmount(10n ** BigInt(INTEGER_DIGITS + decimals) - 1n);
}

// The precision is so wide that the library itself never rounds an amount, a payout or a product of the two.
const Exact = Decimal.clone({ precision: 80 });

const amountPattern = new RegExp(`^(?:0|[1-9]\\d{0,${INTEGER_DIGITS - 1}})(?:\\.\\d{1,${MAX_DECIMALS}})?$`);

/**
 * Reads a decimal string such as `1.00` as minor units. It may have at most 18 digits before the point. A sign, an
 * exponent, grouping and leading zeros are refused.
 * @throws RequestError INVALID_AMOUNT, AMOUNT_TOO_PRECISE
 */
export function parseAmount(text: string, currency: Currency): MinorAmount {
  if (!amountPattern.test(text)) {
    throw new RequestError(
      'INVALID_AMOUNT',
      `"${text.slice(0, 40)}" is not an amount; write for example "1.00"`,
    );
  }
  const minor = new Exact(text).times(new Exact(10).pow(currency.decimals));
  if (!minor.isInteger()) {
    throw new RequestError(
      'AMOUNT_TOO_PRECISE',
      `${currency.code} has ${currency.decimals} decimals; "${text}" has more`,
    );
  }
  return minorAmount(BigInt(minor.toFixed(0)));
}

/** Writes minor units as a decimal string with all of the currency's decimals: 100 -> `1.00` EUR, `100` JPY. */
export function formatAmount(amountMinor: MinorAmount, currency: Currency): string {
  return new Exact(amountMinor.toString())
    .div(new Exact(10).pow(currency.decimals))
    .toFixed(currency.decimals);
}

const decimalRounding = {
  'half-even': Decimal.ROUND_HALF_EVEN,
  'half-up': Decimal.ROUND_HALF_UP,
  down: Decimal.ROUND_DOWN,
} as const satisfies Record<RoundingMode, Decimal.Rounding>;

/**
 * Computes the win in minor units: the payout, in millionths of the base bet, times the base bet.
 * @throws FaultError CORRUPT_RECORD where either is negative, or the win is more than an amount may be
 */
export function winFor(
  payoutMillionths: bigint,
  baseBetMinor: MinorAmount,
  currency: Currency,
  rounding: RoundingMode = 'half-even',
): MinorAmount {
  if (payoutMillionths < 0n || baseBetMinor < 0n) {
    throw new FaultError('CORRUPT_RECORD', 'A payout or a bet is negative');
  }
  const exact = new Exact(payoutMillionths.toString())
    .times(baseBetMinor.toString())
    .div(MILLIONTHS.toString());
  const winMinor = minorAmount(BigInt(exact.toDecimalPlaces(0, decimalRounding[rounding]).toFixed(0)));
  if (winMinor > maxAmountMinor(currency)) {
    throw new FaultError('CORRUPT_RECORD', 'A win is more than an amount may be');
  }
  return winMinor;
}
