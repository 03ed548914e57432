import { AccessError } from '../foundation/errors.ts';
import type { GameCode, OperatorId, PlayerId, SessionId } from '../foundation/ids.ts';

export interface Session {
  readonly sessionId: SessionId;
  readonly operatorId: OperatorId;
  readonly playerId: PlayerId;
  readonly gameCode: GameCode;
  readonly currency: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

/**
 * Checks that a session may still be used.
 * @param lastPlayedAtMs is when the newest round of the player at this game began, if there is one
 * @param idleMs is the longest that it may lie unused (GLI-19 V3.0, 2.5.4: 30 minutes)
 * @throws AccessError SESSION_REVOKED, SESSION_EXPIRED
 */
export function assertLive(
  session: Session,
  lastPlayedAtMs: number | undefined,
  idleMs: number,
  nowMs: number,
): void {
  if (session.revokedAtMs !== undefined) throw new AccessError('SESSION_REVOKED', 'The session was revoked');
  const lastActiveAtMs = Math.max(session.createdAtMs, lastPlayedAtMs ?? 0);
  if (nowMs >= session.expiresAtMs || nowMs - lastActiveAtMs >= idleMs) {
    throw new AccessError('SESSION_EXPIRED', 'The session has expired; launch the game again');
  }
}
