import type { FunctionEntry } from '../../function-entry.ts';

export const processLedgerStream: FunctionEntry = {
  name: 'process-ledger-stream',
  purpose:
    'Archives every change of a round, publishes its events and schedules the check of unfinished ones',
  trigger: { kind: 'ledger-stream' },
  size: 'worker',
  permissions: {
    archiveObjects: ['s3:PutObject'],
    bus: ['events:PutEvents'],
    recoveryQueue: ['sqs:SendMessage'],
    parkingQueue: ['sqs:SendMessage'],
    // Marks rounds that are in the archive, and sets the expiry of those before them. Puts the freeze of a log.
    ledger: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    // It checks the MAC of every change. An expiry is signed under the key of its own month, which may be the next one.
    dataKeyItems: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    dataKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
  settings: ['ROUND_LEASE_MS', 'HOT_RETENTION_DAYS'],
};
