import type { Permissions } from '../function-entry.ts';

/** Whoever reads a round checks its MAC, and needs the data key for it. The wrapped key lies beside the configuration. */
export const dataKeyReading: Permissions = {
  config: ['dynamodb:GetItem'],
  dataKeyItems: ['dynamodb:GetItem'],
  dataKey: ['kms:Decrypt'],
};
