import type { ShardResult } from './simulation.ts';

/** What a run beyond one machine leaves behind, until it expires. */
export interface Simulations {
  /** The same shard again writes the same bytes. @throws DependencyError SERVICE_UNAVAILABLE */
  putShard(simulationId: string, shard: ShardResult): Promise<void>;
  /** Undefined where there is none. @throws DependencyError SERVICE_UNAVAILABLE, FaultError CORRUPT_RECORD */
  shard(simulationId: string, first: number): Promise<ShardResult | undefined>;
  /** @throws DependencyError SERVICE_UNAVAILABLE */
  putReport(simulationId: string, report: { readonly json: string; readonly html: string }): Promise<void>;
}
