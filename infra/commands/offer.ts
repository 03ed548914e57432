import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { currencyOf } from '../../shared/money/currency.ts';
import type { CurrencyBets } from '../../shared/games/game.ts';
import { parseAmount } from '../../shared/money/money.ts';

/** Says how a game is offered, as `engines/<name>/game.json` has it. Bets are decimal strings of each currency. */
const OfferFile = z.strictObject({
  title: z.string().min(1),
  bets: z.record(z.string(), z.array(z.string()).min(1)),
});

export interface Offer {
  readonly title: string;
  readonly bets: readonly CurrencyBets[];
}

/** Reads an offer. @throws ZodError; RequestError where a currency or an amount is invalid */
export async function readOffer(file: string): Promise<Offer> {
  const { title, bets } = OfferFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return { title, bets: Object.entries(bets).map(([code, amounts]) => betsOf(code, amounts)) };
}

function betsOf(code: string, amounts: readonly string[]): CurrencyBets {
  const currency = currencyOf(code);
  return { currency: code, allowedMinor: amounts.map((amount) => parseAmount(amount, currency)) };
}
