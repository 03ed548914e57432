import { ConflictError, MissingError } from '../foundation/errors.ts';
import type { Session } from './session.ts';
import type { GameCode, SessionId } from '../foundation/ids.ts';

export interface Sessions {
  /** A session is found until some time after its end. So an expired session differs from one that never was. */
  get(sessionId: SessionId): Promise<Session | undefined>;
  create(session: Session): Promise<void>;
  /** The answer is false where there is no such session. A second revocation keeps the time of the first. */
  revoke(sessionId: SessionId, atMs: number): Promise<boolean>;
}

/** @throws MissingError UNKNOWN_SESSION */
export async function knownSession(sessions: Pick<Sessions, 'get'>, sessionId: SessionId): Promise<Session> {
  const session = await sessions.get(sessionId);
  if (!session) throw unknownSession();
  return session;
}

/** @throws MissingError UNKNOWN_SESSION; ConflictError SESSION_GAME_MISMATCH where it is a session of another game */
export async function knownSessionAt(
  sessions: Pick<Sessions, 'get'>,
  sessionId: SessionId,
  gameCode: GameCode,
): Promise<Session> {
  const session = await knownSession(sessions, sessionId);
  if (session.gameCode === gameCode) return session;
  throw new ConflictError('SESSION_GAME_MISMATCH', `The session was launched for ${session.gameCode}`);
}

export function unknownSession(): MissingError {
  return new MissingError('UNKNOWN_SESSION', 'There is no such session');
}
