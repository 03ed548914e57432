import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShardResult } from '../simulation.ts';
import { decodeShard, encodeShard } from './shard-record.ts';

const count = fc.bigInt({ min: 0n, max: 2n ** 128n });
const shards: fc.Arbitrary<ShardResult> = fc.record({
  engineHash: fc.string(),
  seed: fc.string(),
  mode: fc.string(),
  first: fc.integer({ min: 0, max: 8e11 }),
  rounds: fc.integer({ min: 1, max: 1e9 }),
  tally: fc.record({
    rounds: count,
    hits: count,
    bonuses: count,
    bonusSteps: count,
    basePayout: count,
    bonusPayout: count,
    maxWin: count,
    baseSquares: count,
    bonusSquares: count,
    roundSquares: count,
    histogram: fc.array(fc.record({ fromMillionths: count, rounds: count })),
  }),
  payouts: fc.array(count),
});

describe('The record of a shard', () => {
  it("A shard's record is read as it was written, far beyond 2^53, and is written again to the byte", () => {
    fc.assert(
      fc.property(shards, (shard) => {
        const text = encodeShard(shard);
        expect(decodeShard(text)).toEqual(shard);
        expect(encodeShard(decodeShard(text))).toBe(text);
      }),
    );
  });

  it.each([
    '',
    '[]',
    '{"format":1}',
    '{"format":1,"engineHash":"a","seed":"b","mode":"c","first":0,"rounds":1,"tally":{},"payouts":["-1"]}',
  ])("A text that is no shard's record is refused: %s", (text) => {
    expect(() => decodeShard(text)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
  });
});
