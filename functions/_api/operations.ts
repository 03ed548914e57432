import type * as z from 'zod';
import type { ErrorCode } from '../../shared/foundation/errors.ts';
import * as schemas from './schemas.ts';

/** One route of the API, as the OpenAPI document tells it. `name` is the folder of the function that serves it. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly path_parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers: readonly Header[];
  readonly body?: z.ZodType;
  readonly success: { readonly status: number; readonly description: string; readonly schema?: z.ZodType };
  readonly errors: readonly ErrorCode[];
}

interface Header {
  readonly name: string;
  readonly description: string;
}

const operatorKey: Header = { name: 'X-Operator-Key', description: "The operator's key" };
const sessionCapability: Header = {
  name: 'X-Session-Id',
  description: 'A session of the player whose round it is',
};
const idempotencyKey: Header = {
  name: 'Idempotency-Key',
  description:
    'Names the round: 1 to 64 visible ASCII characters. The same key and body get the same answer.',
};

const bodyErrors = ['INVALID_JSON', 'INVALID_REQUEST', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'] as const;
const everywhere = ['SERVICE_UNAVAILABLE', 'INTERNAL_ERROR', 'CORRUPT_RECORD'] as const;
const sessionErrors = ['UNKNOWN_SESSION', 'SESSION_EXPIRED', 'SESSION_REVOKED'] as const;
const engineErrors = [
  'ENGINE_UNAVAILABLE',
  'HASH_MISMATCH',
  'UNSUPPORTED_ABI',
  'ENGINE_TRAP',
  'OUT_OF_FUEL',
  'OUT_OF_MEMORY',
  'TIMEOUT',
  'BAD_OUTPUT',
] as const;
const roundErrors = [
  ...bodyErrors,
  ...sessionErrors,
  ...engineErrors,
  'INVALID_IDEMPOTENCY_KEY',
  'IDEMPOTENCY_KEY_REUSED',
  'UNKNOWN_OPERATOR',
  'UNKNOWN_GAME',
  'SESSION_GAME_MISMATCH',
  'ROUND_IN_FLIGHT',
  'ROUND_VOIDED',
  'ROUND_FAILED',
  'WALLET_UNAVAILABLE',
] as const;

export const operations: readonly Operation[] = [
  {
    name: 'launch-session',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/session',
    summary: 'Launch a session',
    path_parameters: schemas.GamePath,
    headers: [operatorKey],
    body: schemas.LaunchRequest,
    success: { status: 200, description: 'The session', schema: schemas.LaunchResponse },
    errors: [
      ...bodyErrors,
      ...engineErrors,
      'UNKNOWN_GAME',
      'UNKNOWN_OPERATOR',
      'UNKNOWN_CURRENCY',
      'CURRENCY_NOT_OFFERED',
      'ACCOUNT_CURRENCY_MISMATCH',
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
  {
    name: 'verify-session',
    method: 'GET',
    path: '/api/v1/sessions/{sessionId}',
    summary: 'Verify a session',
    path_parameters: schemas.SessionPath,
    headers: [],
    success: { status: 200, description: 'The session is live', schema: schemas.SessionResponse },
    errors: ['INVALID_REQUEST', ...sessionErrors],
  },
  {
    name: 'revoke-session',
    method: 'DELETE',
    path: '/api/v1/sessions/{sessionId}',
    summary: 'Revoke a session',
    path_parameters: schemas.SessionPath,
    headers: [],
    success: { status: 204, description: 'The session is revoked' },
    errors: ['INVALID_REQUEST', 'UNKNOWN_SESSION'],
  },
  {
    name: 'play-spin',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/spin',
    summary: 'Play a spin',
    path_parameters: schemas.GamePath,
    headers: [idempotencyKey],
    body: schemas.SpinRequest,
    success: { status: 200, description: 'The round', schema: schemas.RoundResponse },
    errors: [
      ...roundErrors,
      'INVALID_AMOUNT',
      'AMOUNT_TOO_PRECISE',
      'BET_NOT_OFFERED',
      'BET_LINES_NOT_OFFERED',
      'CURRENCY_NOT_OFFERED',
      'OPERATOR_DISABLED',
      'GAME_DISABLED',
      'GAME_IS_REALTIME',
      'BONUS_ACTIVE',
      'INSUFFICIENT_FUNDS',
      'LIMIT_REACHED',
      'PLAYER_BLOCKED',
      'WALLET_REFUSED',
    ],
  },
  {
    name: 'play-bonus',
    method: 'POST',
    path: '/api/v1/games/{gameCode}/bonus',
    summary: 'Play the next action of the active bonus',
    path_parameters: schemas.GamePath,
    headers: [idempotencyKey],
    body: schemas.BonusRequest,
    success: { status: 200, description: 'The round', schema: schemas.RoundResponse },
    errors: [...roundErrors, 'NO_ACTIVE_BONUS', 'BONUS_CURRENCY_MISMATCH'],
  },
  {
    name: 'get-round',
    method: 'GET',
    path: '/api/v1/rounds/{roundId}',
    summary: "Read a round's record",
    path_parameters: schemas.RoundPath,
    headers: [operatorKey, sessionCapability],
    success: { status: 200, description: 'The record', schema: schemas.RoundRecord },
    errors: [
      'INVALID_REQUEST',
      'MISSING_CREDENTIALS',
      'INVALID_OPERATOR_KEY',
      'UNKNOWN_SESSION',
      'UNKNOWN_ROUND',
    ],
  },
  {
    name: 'list-rounds',
    method: 'GET',
    path: '/api/v1/sessions/{sessionId}/rounds',
    summary: 'List the rounds of a session, newest first',
    path_parameters: schemas.SessionPath,
    query: schemas.RoundsQuery,
    headers: [operatorKey],
    success: { status: 200, description: 'A page of rounds', schema: schemas.RoundsResponse },
    errors: ['INVALID_REQUEST', 'INVALID_CURSOR', 'INVALID_OPERATOR_KEY', 'UNKNOWN_SESSION'],
  },
  {
    name: 'reconcile-rounds',
    method: 'GET',
    path: '/api/v1/reconciliation',
    summary: "Compare an operator's rounds of a period with its wallet's own list of transactions",
    query: schemas.ReconciliationQuery,
    headers: [operatorKey],
    success: { status: 200, description: 'The report', schema: schemas.ReconciliationResponse },
    errors: [
      'INVALID_REQUEST',
      'MISSING_CREDENTIALS',
      'INVALID_OPERATOR_KEY',
      'PERIOD_TOO_LARGE',
      'PERIOD_TOO_OLD',
      'WALLET_UNAVAILABLE',
      'WALLET_LIST_UNREADABLE',
    ],
  },
  {
    name: 'list-games',
    method: 'GET',
    path: '/api/v1/games',
    summary: 'List the games',
    headers: [],
    success: { status: 200, description: 'The games', schema: schemas.GamesResponse },
    errors: [],
  },
  {
    name: 'check-health',
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Tell the state of the service and of what it depends on',
    headers: [],
    success: {
      status: 200,
      description: 'Up; 503 with the same body where a dependency is down',
      schema: schemas.HealthResponse,
    },
    errors: [],
  },
  {
    name: 'serve-openapi',
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This document',
    headers: [],
    success: { status: 200, description: 'OpenAPI 3.1' },
    errors: [],
  },
];

export const errorsEverywhere: readonly ErrorCode[] = everywhere;
