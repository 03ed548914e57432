import type { FunctionEntry } from '../../function-entry.ts';

export const mergeSimulation: FunctionEntry = {
  name: 'merge-simulation',
  purpose: 'Adds up the shards of a simulation and reports on it',
  trigger: { kind: 'simulation' },
  size: 'simulation',
  permissions: {
    engineObjects: ['s3:GetObject'],
    // Without this permission S3 would not distinguish a missing shard from one that may not be read.
    simulationsBucket: ['s3:ListBucket'],
    simulationObjects: ['s3:GetObject', 's3:PutObject'],
  },
  settings: [],
};
