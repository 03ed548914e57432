import type { EngineCapabilities } from './engines.ts';

/** Rounds `first` to `first + rounds - 1` of a seed. The result does not depend on how they are split into batches. */
export interface SimulationBatch {
  /** It has 32 bytes. */
  readonly seed: Uint8Array;
  readonly first: bigint;
  /** It is at most 2^24. */
  readonly rounds: number;
  /** The mode by its place in the capabilities. It is the first one if absent. */
  readonly mode?: number;
}

/** A batch counted this. Payouts are in millionths of the base bet, and squares are their squares. */
export interface SimulationResult {
  readonly rounds: bigint;
  /** Counts the rounds that won anything, with their bonus. */
  readonly hits: bigint;
  readonly bonuses: bigint;
  readonly bonusSteps: bigint;
  readonly basePayout: bigint;
  readonly bonusPayout: bigint;
  readonly maxWin: bigint;
  readonly baseSquares: bigint;
  readonly bonusSquares: bigint;
  readonly roundSquares: bigint;
  readonly histogram: readonly HistogramBucket[];
}

/** Counts the rounds whose win is at least `fromMillionths` and less than where the next bucket begins. */
export interface HistogramBucket {
  readonly fromMillionths: bigint;
  readonly rounds: bigint;
}

export interface SimulatedBatch {
  /** It has 32 bytes. */
  readonly seed: Uint8Array;
  readonly first: bigint;
  /** It is at most 2^24. */
  readonly rounds: number;
  /** The mode's place in the capabilities. */
  readonly mode: number;
}

/** An engine that plays by the million. */
export interface SimulatedEngine {
  readonly capabilities: EngineCapabilities;
  /** @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT */
  simulate(batch: SimulatedBatch, timeoutMs: number): SimulationResult;
}

export interface SimulatedEngines {
  /** @throws EngineError ENGINE_UNAVAILABLE, HASH_MISMATCH, UNSUPPORTED_ABI */
  load(hash: string): Promise<SimulatedEngine>;
}
