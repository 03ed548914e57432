import type { RoundId, RoundLog, SessionId } from '../foundation/ids.ts';
import type { RoundKind, RoundStatus } from '../rounds/round.ts';

/** Tells an operator of a round that has ended. Amounts are decimal strings. */
export interface RoundEnded {
  readonly type: 'round.ended';
  /** The id is the same however often the event is delivered. */
  readonly eventId: string;
  readonly atMs: number;
  readonly log: RoundLog;
  readonly roundId: RoundId;
  readonly number: number;
  readonly sessionId: SessionId;
  readonly kind: RoundKind;
  readonly status: RoundStatus;
  readonly currency: string;
  readonly stake: string;
  readonly win: string;
}

export type DomainEvent = RoundEnded;
