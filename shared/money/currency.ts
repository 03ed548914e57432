import * as z from 'zod';
import { RequestError } from '../foundation/errors.ts';

export interface Currency {
  readonly code: string;
  /** Counts the digits after the decimal point of the major unit. */
  readonly decimals: number;
}

/**
 * The minor units follow ISO 4217:2015 table A.1 for the currencies that operators use. The crypto-currencies follow
 * their own protocols.
 */
// biome-ignore format: a table reads better packed
const decimalsByCode: Readonly<Record<string, number>> = {
  AED: 2, ARS: 2, AUD: 2, BGN: 2, BRL: 2, CAD: 2, CHF: 2, CLP: 0, CNY: 2, COP: 2, CZK: 2, DKK: 2, EUR: 2, GBP: 2,
  GEL: 2, HKD: 2, HUF: 2, IDR: 2, ILS: 2, INR: 2, ISK: 0, JPY: 0, KRW: 0, KWD: 3, BHD: 3, JOD: 3, OMR: 3, TND: 3,
  KZT: 2, MXN: 2, MYR: 2, NGN: 2, NOK: 2, NZD: 2, PEN: 2, PHP: 2, PLN: 2, PYG: 0, RON: 2, RSD: 2, RUB: 2, SEK: 2,
  SGD: 2, THB: 2, TRY: 2, TWD: 2, UAH: 2, UGX: 0, USD: 2, UYU: 2, VND: 0, XAF: 0, XOF: 0, ZAR: 2,
  BTC: 8, LTC: 8, DOGE: 8, USDT: 6, USDC: 6, ETH: 18,
};

const currencies: ReadonlyMap<string, Currency> = new Map(
  Object.entries(decimalsByCode).map(([code, decimals]) => [code, { code, decimals }]),
);

/** The code of a known currency, for values that were checked when they were stored or sent. */
export const KnownCurrencyCode = z.string().refine((code) => currencies.has(code), 'not a known currency');

/** @throws RequestError UNKNOWN_CURRENCY */
export function currencyOf(code: string): Currency {
  const currency = currencies.get(code);
  if (!currency)
    throw new RequestError('UNKNOWN_CURRENCY', `"${code.slice(0, 12)}" is not a currency this server knows`);
  return currency;
}
