import { MissingError } from '../domain/errors.ts';
import { continuationOf, isInFlight } from '../domain/round.ts';
import { assertLive, type Session } from '../domain/session.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Sessions } from '../ports/sessions.ts';

export interface VerifiedSession {
  readonly session: Session;
  readonly bonusActive: boolean;
  readonly roundInFlight: boolean;
}

/** @throws MissingError UNKNOWN_SESSION; AccessError SESSION_EXPIRED, SESSION_REVOKED */
export async function verifySession(
  ports: { readonly clock: Clock; readonly sessions: Sessions; readonly ledger: Ledger },
  sessionIdleMs: number,
  sessionId: string,
): Promise<VerifiedSession> {
  const session = await ports.sessions.get(sessionId);
  if (!session) throw new MissingError('UNKNOWN_SESSION', 'There is no such session');
  const newest = await ports.ledger.head(session);
  assertLive(session, newest?.startedAtMs, sessionIdleMs, ports.clock.nowMs());
  return {
    session,
    bonusActive: newest !== undefined && continuationOf(newest).bonusActive,
    roundInFlight: newest !== undefined && isInFlight(newest),
  };
}
