import type { Clock } from '../foundation/clock.ts';
import { type Sessions, unknownSession } from './sessions.ts';
import type { SessionId } from '../foundation/ids.ts';

/**
 * Revokes a session at once. A round in flight still ends and its win is still paid.
 * @throws MissingError UNKNOWN_SESSION
 */
export async function revokeSession(
  ports: { readonly clock: Clock; readonly sessions: Sessions },
  sessionId: SessionId,
): Promise<void> {
  const revoked = await ports.sessions.revoke(sessionId, ports.clock.nowMs());
  if (!revoked) throw unknownSession();
}
