import * as z from 'zod';

/**
 * `#` separates the parts of a ledger key, so no id may hold it. Control characters and look-alikes are
 * refused, too.
 */
export const OperatorId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and "-", at most 32');
export const GameCode = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'lower-case letters, digits and "-", at most 48');
export const PlayerId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/, 'letters, digits and "._:@-", at most 64');
export const SessionId = z.uuid({ version: 'v4' });
export const RoundId = z.uuid({ version: 'v4' });
export const CurrencyCode = z.string().regex(/^[A-Z]{3,5}$/, 'three to five capital letters');
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

/**
 * The ledger's sort key has nine digits for it. At one round a second, one player fills them at one game in
 * 31 years.
 */
export const MAX_ROUND_NUMBER = 999_999_999;
export const RoundNumber = z.int().min(1).max(MAX_ROUND_NUMBER);

/** Names the rounds of one player at one game of one operator. The ledger keeps them together and in order. */
export interface RoundLog {
  readonly operatorId: string;
  readonly playerId: string;
  readonly gameCode: string;
}
