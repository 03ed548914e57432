import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convergenceOf, cut, partLengthOf, shardsOf } from './run-parts.ts';

const runs = fc.record({
  rounds: fc.integer({ min: 1, max: 300_000_000 }),
  wanted: fc.integer({ min: 100_000, max: 50_000_000 }),
});

describe('A run', () => {
  it('A run is cut into shards that follow on each other and leave no round out', () => {
    fc.assert(
      fc.property(runs, ({ rounds, wanted }) => {
        let next = 0;
        for (const shard of shardsOf(rounds, wanted)) {
          expect(shard.first).toBe(next);
          expect(shard.rounds).toBeGreaterThan(0);
          next += shard.rounds;
        }
        expect(next).toBe(rounds);
      }),
    );
  });

  it('A run has the same parts however it is cut into shards', () => {
    fc.assert(
      fc.property(runs, ({ rounds, wanted }) => {
        const length = partLengthOf(rounds);
        const parts = shardsOf(rounds, wanted).flatMap((shard) => cut(shard, length));
        expect(parts).toEqual(cut({ first: 0, rounds }, length));
      }),
    );
  });

  it('A run of ten billion rounds has a thousand shards of ten million rounds', () => {
    const shards = shardsOf(1e10, 1e7);
    expect(shards).toHaveLength(1_000);
    expect(shards.at(-1)).toEqual({ first: 9_990_000_000, rounds: 10_000_000 });
  });

  it('A run has about a hundred points of convergence, the last of them after its last round', () => {
    const parts = cut({ first: 0, rounds: 250_500_000 }, 1_000_000).map(({ rounds }) => ({
      rounds: BigInt(rounds),
      payout: BigInt(rounds) * 900_000n,
    }));
    const points = convergenceOf(parts, 1_000_000n);
    expect(points.length).toBe(84);
    expect(points.at(-1)).toEqual({ rounds: 250_500_000, rtp: 0.9 });
  });
});
