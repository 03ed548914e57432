import { dataKeyReading } from '../read-permissions.ts';
import type { FunctionEntry } from '../../function-entry.ts';

export const recoverRound: FunctionEntry = {
  name: 'recover-round',
  purpose: 'Drives an unfinished round to its end',
  trigger: { kind: 'recovery-queue' },
  size: 'worker',
  permissions: {
    ledger: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    ...dataKeyReading,
    operatorSecrets: ['secretsmanager:GetSecretValue'],
    recoveryQueue: ['sqs:SendMessage'],
  },
  settings: ['WALLET_TIMEOUT_MS', 'ROUND_LEASE_MS'],
};
