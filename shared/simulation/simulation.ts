import * as z from 'zod';
import { partLengthOf, shardLengthOf, type Stretch } from './run-parts.ts';
import type { Tally } from './tally.ts';

/** A run has at most eighty thousand shards of ten million rounds. */
export const MAX_DISTRIBUTED_ROUNDS = 8e11;
/** A map holds the answers of all its items in 256 KiB. Each answer has at least three bytes. */
export const MAX_SHARDS = 80_000;
/**
 * One shard has at most so many parts. A hundred are a short run. Ten thousand of a million rounds take longer than a
 * function may.
 */
const MAX_PARTS = 10_000;

const share = z.number().min(0);
const count = z.int().positive().max(MAX_DISTRIBUTED_ROUNDS);
const simulated = {
  simulationId: z.uuid(),
  engineHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** It has 32 bytes. Round i of the run is round i of this seed. */
  seed: z.string().regex(/^[0-9a-f]{64}$/),
  /** The mode is named as in the engine's capabilities. */
  mode: z.string().min(1),
};

/** One function simulates this task: whole parts of a run. */
export const ShardTask = z
  .strictObject({
    ...simulated,
    first: z.int().min(0).max(MAX_DISTRIBUTED_ROUNDS),
    rounds: count,
    /** Each part of the run except its last has so many rounds. */
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

/** Only the game's author knows these figures. The run is compared with them. */
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

/** A run that is spread over functions. Its state machine is started with this. */
export const DistributedRun = z
  .strictObject({
    ...simulated,
    rounds: count,
    /** Each shard has about so many rounds. */
    shardRounds: count,
    partRounds: count,
    /** This object lists the shards. */
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

/** The result of a shard. */
export interface ShardResult extends Stretch {
  readonly engineHash: string;
  readonly seed: string;
  readonly mode: string;
  readonly tally: Tally;
  /** Lists what each part paid, in order, in millionths of the base bet. */
  readonly payouts: readonly bigint[];
}
