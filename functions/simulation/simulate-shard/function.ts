import type { FunctionEntry } from '../../function-entry.ts';

export const simulateShard: FunctionEntry = {
  name: 'simulate-shard',
  purpose: "Simulates a shard of a game's rounds",
  trigger: { kind: 'simulation' },
  size: 'simulation',
  permissions: { engineObjects: ['s3:GetObject'], simulationObjects: ['s3:PutObject'] },
  settings: [],
};
