import { EngineError } from '../../foundation/errors.ts';
import type { SimulationBatch, SimulationResult } from '../simulation.ts';
import type { EngineInstance } from './engine-instance.ts';
import type { LoadedEngine } from './loaded-engine.ts';
import { watched } from './watchdog.ts';

const SEED_BYTES = 32;
const FIRST_AT = 32;
const ROUNDS_AT = 40;
const INPUT_BYTES = 44;
const COUNTERS = 7;
const SUMS_AT = COUNTERS * 8;
const BUCKETS_AT = SUMS_AT + 3 * 16;
const BUCKET_BYTES = 16;

/** A batch of 2^24 rounds of a slot takes some seconds. */
const SIMULATION_TIMEOUT_MS = 600_000;

/**
 * Each round may use the fuel of a call, and all of them together `timeoutMs`.
 * @throws EngineError OUT_OF_FUEL, OUT_OF_MEMORY, ENGINE_TRAP, TIMEOUT, ENGINE_REJECTED, BAD_OUTPUT
 */
export function simulate(
  engine: LoadedEngine,
  batch: SimulationBatch,
  timeoutMs: number = SIMULATION_TIMEOUT_MS,
): SimulationResult {
  const limits = { fuel: engine.limits.fuel * BigInt(Math.max(1, batch.rounds)), timeoutMs };
  return engine.withInstance((instance) => {
    const length = writeBatch(instance, batch);
    return readResult(
      instance,
      watched(timeoutMs, () => instance.call('rgs_simulate', length, limits)),
    );
  });
}

/**
 * Writes a batch and answers its length. The first mode is not named, as engines with one mode need not know the field.
 */
function writeBatch(
  { input, inputView }: EngineInstance,
  { seed, first, rounds, mode = 0 }: SimulationBatch,
): number {
  if (seed.length !== SEED_BYTES) throw new EngineError('ENGINE_REJECTED', `A seed has ${SEED_BYTES} bytes`);
  input.set(seed);
  inputView.setBigUint64(FIRST_AT, first, true);
  inputView.setUint32(ROUNDS_AT, rounds, true);
  if (mode === 0) return INPUT_BYTES;
  input[INPUT_BYTES] = mode;
  return INPUT_BYTES + 1;
}

function readResult({ outputView }: EngineInstance, length: number): SimulationResult {
  const buckets = length < BUCKETS_AT + 4 ? -1 : outputView.getUint32(BUCKETS_AT, true);
  if (length !== BUCKETS_AT + 4 + buckets * BUCKET_BYTES) {
    throw new EngineError('BAD_OUTPUT', "The engine's simulation does not fit its own length");
  }
  const u64 = (at: number): bigint => outputView.getBigUint64(at, true);
  const sum = (index: number): bigint => {
    const at = SUMS_AT + index * 16;
    return u64(at) + (u64(at + 8) << 64n);
  };
  return {
    rounds: u64(0),
    hits: u64(8),
    bonuses: u64(16),
    bonusSteps: u64(24),
    basePayout: u64(32),
    bonusPayout: u64(40),
    maxWin: u64(48),
    baseSquares: sum(0),
    bonusSquares: sum(1),
    roundSquares: sum(2),
    histogram: Array.from({ length: buckets }, (_, bucket) => {
      const at = BUCKETS_AT + 4 + bucket * BUCKET_BYTES;
      return { fromMillionths: u64(at), rounds: u64(at + 8) };
    }),
  };
}
