import type { FunctionEntry } from '../../function-entry.ts';

export const mergeSimulation: FunctionEntry = {
  name: 'merge-simulation',
  purpose: 'Adds up the shards of a simulation and reports on it',
  trigger: { kind: 'simulation' },
  size: 'simulation',
  permissions: {
    engineObjects: ['s3:GetObject'],
    // Without it S3 would not tell a shard that is missing from one that may not be read.
    simulationsBucket: ['s3:ListBucket'],
    simulationObjects: ['s3:GetObject', 's3:PutObject'],
  },
  settings: [],
};
