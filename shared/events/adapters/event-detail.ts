import * as z from 'zod';
import { currencyOf, KnownCurrencyCode } from '../../money/currency.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { DomainEvent } from '../events.ts';
import { GameCode, OperatorId, PlayerId, RoundId, RoundNumber, SessionId } from '../../foundation/ids.ts';
import { parseAmount } from '../../money/money.ts';

/** The key of an item in the event log has room for such an id. */
const EventId = z.string().regex(/^[\x21-\x7e]{1,128}$/);

const RoundEndedDetail = z
  .strictObject({
    version: z.literal(1),
    event_id: EventId,
    at: z.iso.datetime({ precision: 3 }).refine((at) => Date.parse(at) >= 0, 'before 1970'),
    operator_id: OperatorId,
    player_id: PlayerId,
    game_code: GameCode,
    round_id: RoundId,
    round_number: RoundNumber,
    session_id: SessionId,
    kind: z.enum(['spin', 'bonus']),
    status: z.enum(['INTENT', 'COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDING', 'VOIDED']),
    currency: KnownCurrencyCode,
    stake: z.string(),
    win: z.string(),
  })
  .refine(({ currency, stake, win }) => isAmount(stake, currency) && isAmount(win, currency), 'no amount');

function isAmount(text: string, currency: string): boolean {
  try {
    parseAmount(text, currencyOf(currency));
    return true;
  } catch {
    return false;
  }
}

type RoundEndedDetail = z.infer<typeof RoundEndedDetail>;

/** Writes an event as it travels on the bus. Its type is the detail-type, and this is the detail. */
export function encodeDetail(event: DomainEvent): string {
  return JSON.stringify({
    version: 1,
    event_id: event.eventId,
    at: new Date(event.atMs).toISOString(),
    operator_id: event.log.operatorId,
    player_id: event.log.playerId,
    game_code: event.log.gameCode,
    round_id: event.roundId,
    round_number: event.number,
    session_id: event.sessionId,
    kind: event.kind,
    status: event.status,
    currency: event.currency,
    stake: event.stake,
    win: event.win,
  } satisfies RoundEndedDetail);
}

/** Reads an event. @throws FaultError CORRUPT_RECORD where `encodeDetail` does not write such a detail */
export function decodeDetail(detailType: string, detail: unknown): DomainEvent {
  const result = RoundEndedDetail.safeParse(detail);
  if (detailType !== 'round.ended' || !result.success) {
    throw new FaultError('CORRUPT_RECORD', 'An event of the bus cannot be read', { cause: result.error });
  }
  const { event_id, at, operator_id, player_id, game_code, round_id, round_number, session_id } = result.data;
  const { kind, status, currency, stake, win } = result.data;
  return {
    type: detailType,
    eventId: event_id,
    atMs: Date.parse(at),
    log: { operatorId: operator_id, playerId: player_id, gameCode: game_code },
    roundId: round_id,
    number: round_number,
    sessionId: session_id,
    kind,
    status,
    currency,
    stake,
    win,
  };
}
