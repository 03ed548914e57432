import { assertLive, type Session } from './session.ts';
import type { Clock } from '../foundation/clock.ts';
import type { PlayedRounds } from './played-rounds.ts';
import { knownSession, type Sessions } from './sessions.ts';
import type { SessionId } from '../foundation/ids.ts';

export interface VerifiedSession {
  readonly session: Session;
  readonly bonusActive: boolean;
  readonly roundInFlight: boolean;
}

/** @throws MissingError UNKNOWN_SESSION; AccessError SESSION_EXPIRED, SESSION_REVOKED */
export async function verifySession(
  ports: { readonly clock: Clock; readonly sessions: Pick<Sessions, 'get'>; readonly played: PlayedRounds },
  sessionIdleMs: number,
  sessionId: SessionId,
): Promise<VerifiedSession> {
  const session = await knownSession(ports.sessions, sessionId);
  const progress = await ports.played.progress(session);
  assertLive(session, progress?.lastStartedAtMs, sessionIdleMs, ports.clock.nowMs());
  return {
    session,
    bonusActive: progress?.bonusActive ?? false,
    roundInFlight: progress?.roundInFlight ?? false,
  };
}
