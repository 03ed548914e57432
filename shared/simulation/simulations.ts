import type { ShardResult } from './simulation.ts';

/** Keeps the objects of a run beyond one machine until they expire. */
export interface Simulations {
  /** Writes a shard. The same shard gives the same bytes again. @throws DependencyError SERVICE_UNAVAILABLE */
  putShard(simulationId: string, shard: ShardResult): Promise<void>;
  /**
   * Reads a shard. It is undefined where there is none.
   * @throws DependencyError SERVICE_UNAVAILABLE, FaultError CORRUPT_RECORD
   */
  shard(simulationId: string, first: number): Promise<ShardResult | undefined>;
  /** @throws DependencyError SERVICE_UNAVAILABLE */
  putReport(simulationId: string, report: { readonly json: string; readonly html: string }): Promise<void>;
}
