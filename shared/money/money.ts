import { Decimal } from 'decimal.js';
import { type Currency } from './currency.ts';
import { FaultError, RequestError } from '../foundation/errors.ts';

export type RoundingMode = 'half-even' | 'half-up' | 'down';

/** Payouts are integers in millionths of the base bet. */
export const MILLIONTHS = 1_000_000n;

/** No account holds more digits before the decimal point, in any currency. */
const INTEGER_DIGITS = 18;
const MAX_DECIMALS = 18;

/** No amount of any currency is larger. Two of them add up to less than the 38 digits of a number in DynamoDB. */
export const MAX_AMOUNT_MINOR = 10n ** BigInt(INTEGER_DIGITS + MAX_DECIMALS) - 1n;

/** The largest amount of a currency, in minor units. */
export function maxAmountMinor({ decimals }: Currency): bigint {
  return 10n ** BigInt(INTEGER_DIGITS + decimals) - 1n;
}

// The precision is so wide that the library itself never rounds an amount, a payout or a product of the two.
const Exact = Decimal.clone({ precision: 80 });

const amountPattern = new RegExp(`^(?:0|[1-9]\\d{0,${INTEGER_DIGITS - 1}})(?:\\.\\d{1,${MAX_DECIMALS}})?$`);

/**
 * Reads a decimal string such as `1.00` as minor units. It may have at most 18 digits before the point. A sign, an
 * exponent, grouping and leading zeros are refused.
 * @throws RequestError INVALID_AMOUNT, AMOUNT_TOO_PRECISE
 */
export function parseAmount(text: string, currency: Currency): bigint {
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
  return BigInt(minor.toFixed(0));
}

/** Writes minor units as a decimal string with all of the currency's decimals: 100 -> `1.00` EUR, `100` JPY. */
export function formatAmount(amountMinor: bigint, currency: Currency): string {
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
  baseBetMinor: bigint,
  currency: Currency,
  rounding: RoundingMode = 'half-even',
): bigint {
  if (payoutMillionths < 0n || baseBetMinor < 0n) {
    throw new FaultError('CORRUPT_RECORD', 'A payout or a bet is negative');
  }
  const exact = new Exact(payoutMillionths.toString())
    .times(baseBetMinor.toString())
    .div(MILLIONTHS.toString());
  const winMinor = BigInt(exact.toDecimalPlaces(0, decimalRounding[rounding]).toFixed(0));
  if (winMinor > maxAmountMinor(currency)) {
    throw new FaultError('CORRUPT_RECORD', 'A win is more than an amount may be');
  }
  return winMinor;
}
