import { SessionPath } from '../../_api/requests.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const revokeSession: FunctionEntry = {
  name: 'revoke-session',
  purpose: 'Ends a session at once',
  trigger: {
    kind: 'route',
    method: 'DELETE',
    path: '/api/v1/sessions/{sessionId}',
    summary: 'Revoke a session',
    callers: 'who has the session id',
    pathParameters: SessionPath,
    headers: [],
    success: { status: 204, description: 'The session is revoked' },
    errors: ['INVALID_REQUEST', 'UNKNOWN_SESSION'],
  },
  size: 'query',
  permissions: {
    // A revoked session is signed anew.
    sessions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    dataKeyItems: ['dynamodb:GetItem'],
    dataKey: ['kms:Decrypt'],
  },
  settings: [],
};
