import type { FunctionEntry } from '../../function-entry.ts';

export const watchSignedItems: FunctionEntry = {
  name: 'watch-signed-items',
  purpose: 'Tells somebody when an item of the configuration or a session is changed, and not by the product',
  trigger: { kind: 'signed-item-streams' },
  size: 'worker',
  permissions: {
    parkingQueue: ['sqs:SendMessage'],
    // It checks the MAC of every change, and makes none.
    dataKeyItems: ['dynamodb:GetItem'],
    dataKey: ['kms:Decrypt'],
  },
  settings: [],
};
