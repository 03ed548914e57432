import type { FunctionEntry } from '../../function-entry.ts';

export const sweepRounds: FunctionEntry = {
  name: 'sweep-rounds',
  purpose: 'Finds rounds that nothing else has driven to their end',
  trigger: { kind: 'daily' },
  size: 'sweep',
  permissions: { ledger: ['dynamodb:Scan'], recoveryQueue: ['sqs:SendMessage'] },
  settings: ['ROUND_LEASE_MS'],
};
