import * as z from 'zod';
import type { Random } from './random.ts';

/*
 * Each id has a type of its own, so that two of them cannot be swapped. A schema gives it to what it has checked. The
 * brand exists only for the compiler: at run time an id is a plain string.
 */

/**
 * `#` separates the parts of a ledger key, so no id may hold it. Control characters and look-alikes are refused, too.
 */
export const OperatorId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and "-", at most 32')
  .brand<'OperatorId'>();
export type OperatorId = z.output<typeof OperatorId>;
/** Names one of an operator's wallets. Every round holds it, so it is short. */
export const WalletId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,15}$/, 'lower-case letters, digits and "-", at most 16')
  .brand<'WalletId'>();
export type WalletId = z.output<typeof WalletId>;
export const GameCode = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'lower-case letters, digits and "-", at most 48')
  .brand<'GameCode'>();
export type GameCode = z.output<typeof GameCode>;
export const PlayerId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/, 'letters, digits and "._:@-", at most 64')
  .brand<'PlayerId'>();
export type PlayerId = z.output<typeof PlayerId>;
export const SessionId = z.uuid({ version: 'v4' }).brand<'SessionId'>();
export type SessionId = z.output<typeof SessionId>;
/** A round's id is its address: `shared/rounds/round-address.ts` makes and reads it. */
export const RoundId = z.uuid({ version: 'v8' }).brand<'RoundId'>();
export type RoundId = z.output<typeof RoundId>;
/** A wallet knows one movement of money by this id. We derive it from a round, or the wallet names it. */
export type TransactionId = string & z.core.$brand<'TransactionId'>;

export function newSessionId(random: Random): SessionId {
  return random.uuid() as SessionId;
}

export const CurrencyCode = z.string().regex(/^[A-Z]{3,5}$/, 'three to five capital letters');
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

/**
 * The ledger's sort key has nine digits for it. At one round a second, one player fills them at one game in 31 years.
 */
export const MAX_ROUND_NUMBER = 999_999_999;
export const RoundNumber = z.int().min(1).max(MAX_ROUND_NUMBER);

/** Names the rounds of one player at one game of one operator. The ledger keeps them together and in order. */
export interface RoundLog {
  readonly operatorId: OperatorId;
  readonly playerId: PlayerId;
  readonly gameCode: GameCode;
}
