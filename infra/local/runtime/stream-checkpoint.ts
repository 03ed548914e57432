import * as z from 'zod';
import { readState, writeState } from './state-file.ts';

const Checkpoint = z.object({
  streamArn: z.string(),
  shards: z.record(z.string(), z.object({ sequenceNumber: z.string().nullable(), finished: z.boolean() })),
});

export interface ShardPosition {
  /** The last record that needs no more work; null: none yet. */
  readonly sequenceNumber: string | null;
  /** The shard is closed and every record of it was handled. */
  readonly finished: boolean;
}

/** Remembers how far a mapping has worked through a stream. After kill -9, a batch is handled again at worst. */
export interface Checkpoints {
  positionOf(shardId: string): ShardPosition;
  /** Settles when the position is on the disk. */
  save(shardId: string, position: ShardPosition): Promise<void>;
}

/**
 * Reads the mapping's file, or begins one where there is none or it is about another stream (the table was made
 * anew).
 * @throws where the file cannot be read: the mapping must not quietly begin again.
 */
export async function openCheckpoints(file: string, streamArn: string): Promise<Checkpoints> {
  const stored = await readState(file, Checkpoint);
  const state = stored?.streamArn === streamArn ? stored : { streamArn, shards: {} };
  if (state !== stored) await writeState(file, state);
  // Shards save at the same time; the writes must reach the disk one after the other.
  let writing = Promise.resolve();
  return {
    positionOf: (shardId) => state.shards[shardId] ?? { sequenceNumber: null, finished: false },
    save(shardId, position) {
      state.shards[shardId] = { ...position };
      const written = writing.then(() => writeState(file, state));
      writing = written.catch(() => {});
      return written;
    },
  };
}
