import { bodyErrors, engineErrors, operatorKey } from '../../_api/route-parts.ts';
import { GamePath, LaunchRequest } from '../../_api/requests.ts';
import { LaunchResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const launchSession: FunctionEntry = {
  name: 'launch-session',
  purpose: 'Opens a session of a player in a game for an operator',
  trigger: {
    kind: 'route',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/session',
    summary: 'Launch a session',
    callers: "the operator's key, or the player's token",
    pathParameters: GamePath,
    headers: [operatorKey],
    body: LaunchRequest,
    success: { status: 200, description: 'The session', schema: LaunchResponse },
    errors: [
      ...bodyErrors,
      ...engineErrors,
      'UNKNOWN_GAME',
      'UNKNOWN_OPERATOR',
      'UNKNOWN_CURRENCY',
      'CURRENCY_NOT_OFFERED',
      'ACCOUNT_CURRENCY_MISMATCH',
      'LOG_FROZEN',
      'MISSING_CREDENTIALS',
      'INVALID_OPERATOR_KEY',
      'INVALID_PLAYER_TOKEN',
      'OPERATOR_MISMATCH',
      'OPERATOR_DISABLED',
      'GAME_DISABLED',
      'GAME_IS_REALTIME',
      'PLAYER_BLOCKED',
      'LIMIT_REACHED',
      'WALLET_REFUSED',
      'WALLET_UNAVAILABLE',
    ],
  },
  size: 'query',
  permissions: {
    sessions: ['dynamodb:PutItem'],
    ledger: ['dynamodb:Query'],
    config: ['dynamodb:GetItem'],
    // The session is signed, and a sandbox that finds no key of the month makes one.
    dataKeyItems: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    dataKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
    engineObjects: ['s3:GetObject'],
    operatorSecrets: ['secretsmanager:GetSecretValue'],
  },
  settings: ['WALLET_TIMEOUT_MS', 'GRPC_TIMEOUT_MS', 'SESSION_TTL_SECONDS'],
};
