import * as z from 'zod';
import {
  CurrencyCode,
  GameCode,
  OperatorId,
  PlayerId,
  RoundId,
  SessionId,
} from '../../shared/foundation/ids.ts';
import { plainInteger } from '../_runtime/plain-integer.ts';

/** A decimal string of the currency's major unit. Its precision is checked against the currency. */
export const Amount = z
  .string()
  .max(40)
  .meta({ description: 'Decimal string in the major unit of the currency', examples: ['1.00'] });
/** RFC 3339 in UTC is required. The "+" of another offset would come out of a query as a space. */
const Instant = z.iso.datetime({ error: 'an RFC 3339 time in UTC, such as 2026-11-21T00:00:00Z' });

export const GamePath = z.strictObject({ gameCode: GameCode });
export const GamePlayerPath = z.strictObject({ gameCode: GameCode, playerId: PlayerId });
export const SessionPath = z.strictObject({ sessionId: SessionId });
export const RoundPath = z.strictObject({ roundId: RoundId });
export const LaunchRequest = z.strictObject({
  player_id: PlayerId,
  currency: CurrencyCode,
  operator_id: OperatorId,
  token: z.string().min(1).max(512).optional(),
});
export const SpinRequest = z.strictObject({
  session_id: SessionId,
  bet_amount: Amount,
  bet_lines: z.int().min(1).max(1_000).optional(),
});
export const EndBonusRequest = z.strictObject({
  currency: CurrencyCode.meta({ description: "The present currency of the player's account" }),
});
export const BonusRequest = z.strictObject({ session_id: SessionId });
export const RoundsQuery = z.strictObject({
  limit: plainInteger(z.int().min(1).max(100).default(20)),
  cursor: z.string().max(64).optional(),
});
export const ReconciliationQuery = z.strictObject({
  from: Instant.meta({ description: 'Start of the period, which belongs to it' }),
  to: Instant.meta({ description: 'End of the period, which does not belong to it; at most 24 hours later' }),
});
