import { verifySession } from '../../../shared/sessions/verify-session.ts';
import { SessionPath } from '../../_api/requests.ts';
import { clock, played, sessions } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { pathOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, sessions, played });

export const handler = httpHandler(async (event) => {
  const { sessionId } = pathOf(event, SessionPath);
  const verified = await verifySession(ports(), setting('SESSION_IDLE_SECONDS') * 1_000, sessionId);
  const { session, bonusActive, roundInFlight } = verified;
  return {
    status: 200,
    body: {
      session_id: session.sessionId,
      operator_id: session.operatorId,
      player_id: session.playerId,
      game_code: session.gameCode,
      currency: session.currency,
      created_at: new Date(session.createdAtMs).toISOString(),
      expires_at: new Date(session.expiresAtMs).toISOString(),
      bonus_active: bonusActive,
      round_in_flight: roundInFlight,
    },
  };
});
