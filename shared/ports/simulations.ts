import type { ShardResult } from '../certification/simulation.ts';
import type { Tally } from '../certification/tally.ts';
import type { EngineCapabilities } from './engines.ts';

/** What a run beyond one machine leaves behind, until it expires. */
export interface Simulations {
  /** The same shard again writes the same bytes. @throws DependencyError SERVICE_UNAVAILABLE */
  putShard(simulationId: string, shard: ShardResult): Promise<void>;
  /** Undefined where there is none. @throws DependencyError SERVICE_UNAVAILABLE, FaultError CORRUPT_RECORD */
  shard(simulationId: string, first: number): Promise<ShardResult | undefined>;
  /** @throws DependencyError SERVICE_UNAVAILABLE */
  putReport(simulationId: string, report: { readonly json: string; readonly html: string }): Promise<void>;
}

export interface SimulatedBatch {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly first: bigint;
  /** At most 2^24. */
  readonly rounds: number;
  /** The mode's place in the capabilities. */
  readonly mode: number;
}

/** An engine that plays by the million. */
export interface SimulatedEngine {
  readonly capabilities: EngineCapabilities;
  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT */
  simulate(batch: SimulatedBatch, timeoutMs: number): Tally;
}

export interface SimulatedEngines {
  /** @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI */
  load(hash: string): Promise<SimulatedEngine>;
}
