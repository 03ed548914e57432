import { dataKeyReading } from '../../rounds/read-permissions.ts';
import { operatorKey } from '../../_api/route-parts.ts';
import { ReconciliationQuery } from '../../_api/requests.ts';
import { ReconciliationResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const reconcileRounds: FunctionEntry = {
  name: 'reconcile-rounds',
  purpose: "Compares an operator's rounds with its wallet's own list of transactions",
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/reconciliation',
    summary: "Compare an operator's rounds of a period with its wallet's own list of transactions",
    callers: "the operator's key",
    query: ReconciliationQuery,
    headers: [operatorKey],
    success: { status: 200, description: 'The report', schema: ReconciliationResponse },
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
  size: 'query',
  permissions: {
    ...dataKeyReading,
    archiveBucket: ['s3:ListBucket'],
    archiveObjects: ['s3:GetObject'],
    ledger: ['dynamodb:GetItem', 'dynamodb:Query'],
    operatorSecrets: ['secretsmanager:GetSecretValue'],
  },
  settings: ['WALLET_TIMEOUT_MS', 'HOT_RETENTION_DAYS'],
};
