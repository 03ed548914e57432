import * as z from 'zod';
import { partLengthOf, shardLengthOf, type Stretch } from './run-parts.ts';
import type { Tally } from './tally.ts';

/** Eighty thousand shards of ten million. */
export const MAX_DISTRIBUTED_ROUNDS = 8e11;
/** A map holds the answers of all its items, of at least three bytes each, in 256 KiB. */
export const MAX_SHARDS = 80_000;
/** Of one shard: a hundred are a short run, and ten thousand of a million rounds take longer than a function may. */
const MAX_PARTS = 10_000;

const share = z.number().min(0);
const count = z.int().positive().max(MAX_DISTRIBUTED_ROUNDS);
const simulated = {
  simulationId: z.uuid(),
  engineHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** 32 bytes. Round i of the run is round i of this seed. */
  seed: z.string().regex(/^[0-9a-f]{64}$/),
  /** By its name in the engine's capabilities. */
  mode: z.string().min(1),
};

/** What one function simulates: whole parts of a run. */
export const ShardTask = z
  .strictObject({
    ...simulated,
    first: z.int().min(0).max(MAX_DISTRIBUTED_ROUNDS),
    rounds: count,
    /** Rounds in each part of the run but its last. */
    partRounds: count.max(2 ** 24),
  })
  .refine(hasFewParts, { path: ['partRounds'], message: `gives more than ${MAX_PARTS} parts` });
export type ShardTask = z.infer<typeof ShardTask>;

function hasFewParts({
  rounds,
  partRounds,
}: {
  readonly rounds: number;
  readonly partRounds: number;
}): boolean {
  return rounds / partRounds <= MAX_PARTS;
}

/** What only the game's author can tell, and the run is compared with. */
const Theory = z.strictObject({
  exact: z
    .object({
      rtp: share,
      baseRtp: share,
      featureRtp: share,
      hitFrequency: share,
      featureFrequency: share,
    })
    .optional(),
  reels: z.array(
    z.object({
      reel: z.string(),
      observations: z.int().positive(),
      statistic: share,
      degreesOfFreedom: z.int().min(0),
      pValue: share.max(1),
    }),
  ),
});

/** A run that is spread over functions: what its state machine is started with. */
export const DistributedRun = z
  .strictObject({
    ...simulated,
    rounds: count,
    /** About so many rounds in each shard. */
    shardRounds: count,
    partRounds: count,
    /** The object that lists the shards. */
    shardsKey: z.string(),
    theory: Theory,
  })
  .refine(({ rounds, partRounds }) => partRounds === partLengthOf(rounds), {
    path: ['partRounds'],
    message: 'does not follow from the rounds',
  })
  .refine(({ rounds, shardRounds }) => rounds / shardLengthOf(rounds, shardRounds) <= MAX_SHARDS, {
    path: ['shardRounds'],
    message: `gives more than ${MAX_SHARDS} shards`,
  })
  .refine(({ shardRounds, partRounds }) => hasFewParts({ rounds: shardRounds, partRounds }), {
    path: ['shardRounds'],
    message: `gives more than ${MAX_PARTS} parts to a shard`,
  });
export type DistributedRun = z.infer<typeof DistributedRun>;

/** What a shard came to. */
export interface ShardResult extends Stretch {
  readonly engineHash: string;
  readonly seed: string;
  readonly mode: string;
  readonly tally: Tally;
  /** What each part paid, in order, in millionths of the base bet. */
  readonly payouts: readonly bigint[];
}
