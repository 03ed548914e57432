import { dataKeyReading } from '../read-permissions.ts';
import { operatorKey, sessionErrors } from '../../_api/route-parts.ts';
import { RoundsQuery, SessionPath } from '../../_api/requests.ts';
import { RoundsResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const listRounds: FunctionEntry = {
  name: 'list-rounds',
  purpose: 'Lists the rounds of a session, newest first',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/sessions/{sessionId}/rounds',
    summary: 'List the rounds of a session in pages, newest first',
    callers: 'who has the session id',
    pathParameters: SessionPath,
    query: RoundsQuery,
    headers: [operatorKey],
    success: { status: 200, description: 'A page of rounds', schema: RoundsResponse },
    errors: ['INVALID_REQUEST', 'INVALID_CURSOR', 'INVALID_OPERATOR_KEY', ...sessionErrors],
  },
  size: 'query',
  permissions: {
    sessions: ['dynamodb:GetItem'],
    ledger: ['dynamodb:Query'],
    ...dataKeyReading,
  },
  settings: ['SESSION_IDLE_SECONDS'],
};
