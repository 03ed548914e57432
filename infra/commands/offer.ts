import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { currencyOf } from '../../shared/money/currency.ts';
import { type StateRule, stateRules } from '../../shared/engines/state-rule.ts';
import type { CurrencyBets } from '../../shared/games/game.ts';
import { parseAmount } from '../../shared/money/money.ts';

const STATE_UNDECLARED =
  'say what becomes of the state between paid rounds: "fresh" where each starts from the first state, "bound" where state goes on at the same bet (docs/engines.md)';

/** A decimal multiple of the base bet, to a millionth. Nothing is written as "forfeit". */
const Multiple = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,5})(?:\.\d{1,6})?$/, 'a decimal multiple of the base bet, such as "12.5"')
  .transform(millionthsOf)
  .refine((millionths) => millionths > 0n, 'write "forfeit" where the player gets nothing');
const BonusEnd = z.union([
  z.literal('forfeit').transform(() => 0n),
  z.strictObject({ pay: Multiple }).transform(({ pay }) => pay),
]);

/**
 * Says how a game is offered, as `engines/<name>/game.json` has it. Bets are decimal strings of each currency, and
 * `state` is the rule for the game's state. `bonus_end` is what a bonus pays that an operator ends.
 */
const OfferFile = z.strictObject({
  title: z.string().min(1),
  bets: z.record(z.string(), z.array(z.string()).min(1)),
  state: z.enum(stateRules, STATE_UNDECLARED),
  bonus_end: BonusEnd.optional(),
});

export interface Offer {
  readonly title: string;
  readonly bets: readonly CurrencyBets[];
  readonly stateRule: StateRule;
  readonly bonusEndMillionths?: bigint | undefined;
}

/** Reads an offer. @throws Error that names what is wrong; RequestError where a currency or an amount is invalid */
export async function readOffer(file: string): Promise<Offer> {
  const parsed = OfferFile.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is no offer: ${z.prettifyError(parsed.error)}`);
  const { title, bets, state, bonus_end: bonusEndMillionths } = parsed.data;
  const offered = Object.entries(bets).map(([code, amounts]) => betsOf(code, amounts));
  return { title, bets: offered, stateRule: state, bonusEndMillionths };
}

function millionthsOf(multiple: string): bigint {
  const [whole = '', fraction = ''] = multiple.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

function betsOf(code: string, amounts: readonly string[]): CurrencyBets {
  const currency = currencyOf(code);
  return { currency: code, allowedMinor: amounts.map((amount) => parseAmount(amount, currency)) };
}
