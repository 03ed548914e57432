import { dataKeyReading } from '../read-permissions.ts';
import { operatorKey, sessionCapability, sessionErrors } from '../../_api/route-parts.ts';
import { RoundPath } from '../../_api/requests.ts';
import { RoundRecord } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const getRound: FunctionEntry = {
  name: 'get-round',
  purpose: 'Returns the record of one round',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/rounds/{roundId}',
    summary: "Read a round's record",
    callers: "the operator's key, or the player's session",
    pathParameters: RoundPath,
    headers: [operatorKey, sessionCapability],
    success: { status: 200, description: 'The record', schema: RoundRecord },
    errors: [
      'INVALID_REQUEST',
      'MISSING_CREDENTIALS',
      'INVALID_OPERATOR_KEY',
      ...sessionErrors,
      'UNKNOWN_ROUND',
    ],
  },
  size: 'query',
  permissions: {
    ledger: ['dynamodb:GetItem', 'dynamodb:Query'],
    sessions: ['dynamodb:GetItem'],
    ...dataKeyReading,
  },
  settings: ['SESSION_IDLE_SECONDS'],
};
