import { dataKeyReading } from '../../rounds/read-permissions.ts';
import { sessionErrors } from '../../_api/route-parts.ts';
import { SessionPath } from '../../_api/requests.ts';
import { SessionResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const verifySession: FunctionEntry = {
  name: 'verify-session',
  purpose: 'Tells whether a session is alive',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/sessions/{sessionId}',
    summary: 'Verify a session',
    callers: 'who has the session id',
    pathParameters: SessionPath,
    headers: [],
    success: { status: 200, description: 'The session is live', schema: SessionResponse },
    errors: ['INVALID_REQUEST', ...sessionErrors, 'LOG_FROZEN'],
  },
  size: 'query',
  permissions: { sessions: ['dynamodb:GetItem'], ledger: ['dynamodb:Query'], ...dataKeyReading },
  settings: ['SESSION_IDLE_SECONDS'],
};
