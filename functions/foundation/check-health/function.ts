import { HealthResponse } from '../../_api/responses.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const checkHealth: FunctionEntry = {
  name: 'check-health',
  purpose: 'Tells whether everything a round depends on can be reached',
  trigger: {
    kind: 'route',
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Read the state of the service and of each dependency; 503 where one is down',
    callers: 'anybody',
    headers: [],
    success: {
      status: 200,
      description: 'Up; 503 with the same body where a dependency is down',
      schema: HealthResponse,
    },
    errors: [],
  },
  size: 'query',
  permissions: {
    ledger: ['dynamodb:GetItem'],
    sessions: ['dynamodb:GetItem'],
    config: ['dynamodb:GetItem', 'dynamodb:Query'],
    engineObjects: ['s3:GetObject'],
    recoveryQueue: ['sqs:GetQueueAttributes'],
    dataKeyItems: ['dynamodb:GetItem'],
    dataKey: ['kms:Decrypt'],
    dataKeyMetadata: ['kms:DescribeKey'],
  },
  settings: ['GRPC_TIMEOUT_MS'],
};
