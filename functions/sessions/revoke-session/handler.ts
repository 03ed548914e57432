import { revokeSession } from '../../../shared/sessions/revoke-session.ts';
import { SessionPath } from '../../_api/schemas.ts';
import * as compose from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
import { pathOf } from '../../_runtime/http-request.ts';

export const handler = httpHandler(async (event) => {
  const { sessionId } = pathOf(event, SessionPath);
  await revokeSession({ clock: compose.clock, sessions: compose.sessions() }, sessionId);
  return { status: 204 };
});
