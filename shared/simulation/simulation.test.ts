import { describe, expect, it } from 'vitest';
import { partLengthOf, shardsOf } from './run-parts.ts';
import { DistributedRun, MAX_SHARDS } from './simulation.ts';

const run = (rounds: number, shardRounds: number) => ({
  simulationId: '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6',
  engineHash: 'ab'.repeat(32),
  seed: 'cd'.repeat(32),
  mode: 'base',
  rounds,
  shardRounds,
  partRounds: partLengthOf(rounds),
  shardsKey: 'simulations/one/shards.json',
  theory: { reels: [] },
});

describe('A run beyond one machine', () => {
  it.each([
    [8e11, 1e7],
    [1e10, 1e7],
    // Shards are whole parts of a million rounds. This wish therefore becomes 140,000 of them, and not 94,000.
    [1.4e11, 1.49e6],
  ])(
    'A run has no more shards than a map can hold, with %d rounds in shards of about %d',
    (rounds, shardRounds) => {
      const fits = shardsOf(rounds, shardRounds).length <= MAX_SHARDS;
      expect(DistributedRun.safeParse(run(rounds, shardRounds)).success).toBe(fits);
    },
  );
});
