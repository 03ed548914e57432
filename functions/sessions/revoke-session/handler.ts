import { revokeSession } from '../../../shared/sessions/revoke-session.ts';
import { SessionPath } from '../../_api/requests.ts';
import { clock, sessionStore } from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { pathOf } from '../../_runtime/http-request.ts';
import { portsOf } from '../../_runtime/ports-of.ts';

const ports = portsOf({ clock, sessions: sessionStore });

export const handler = httpHandler(async (event) => {
  const { sessionId } = pathOf(event, SessionPath);
  await revokeSession(ports(), sessionId);
  return { status: 204 };
});
