import { bodyErrors, engineErrors, sessionErrors } from '../_api/route-parts.ts';
import type { ErrorCode } from '../../shared/foundation/errors.ts';
import type { Permissions, SettingVariable } from '../function-entry.ts';

/** Spins and bonus actions run the same round protocol on the same data. */
export const playPermissions: Permissions = {
  sessions: ['dynamodb:GetItem'],
  ledger: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  config: ['dynamodb:GetItem'],
  // A sandbox that finds no key of the month makes one.
  dataKeyItems: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  engineObjects: ['s3:GetObject'],
  operatorSecrets: ['secretsmanager:GetSecretValue'],
  dataKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
  recoveryQueue: ['sqs:SendMessage'],
};

export const playSettings: readonly SettingVariable[] = [
  'WALLET_TIMEOUT_MS',
  'GRPC_TIMEOUT_MS',
  'RANDOM_URL',
  'SESSION_IDLE_SECONDS',
  'ROUND_LEASE_MS',
];

export const playErrors: readonly ErrorCode[] = [
  ...bodyErrors,
  ...sessionErrors,
  ...engineErrors,
  'INVALID_IDEMPOTENCY_KEY',
  'IDEMPOTENCY_KEY_REUSED',
  'UNKNOWN_OPERATOR',
  'UNKNOWN_GAME',
  'SESSION_GAME_MISMATCH',
  'ROUND_IN_FLIGHT',
  'ROUND_NUMBER_STALE',
  'ROUND_NUMBER_AHEAD',
  'LOG_FROZEN',
  'ROUND_VOIDED',
  'ROUND_FAILED',
  'WALLET_UNAVAILABLE',
];
