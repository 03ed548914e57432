import { cut, payoutOf } from './run-parts.ts';
import type { ShardTask } from './simulation.ts';
import { mergeTallies } from './tally.ts';
import { EngineError, RequestError } from '../foundation/errors.ts';
import type { EngineCapabilities } from '../engines/engines.ts';
import type { Simulations } from './simulations.ts';
import type { SimulatedEngines } from '../engines/simulation.ts';

export interface ShardPorts {
  readonly engines: SimulatedEngines;
  readonly simulations: Simulations;
  /** The caller may still compute for this long, and then has time left to write the result. */
  readonly remainingMs: () => number;
}

/**
 * Simulates the rounds of a shard part by part, and stores the result.
 * @throws RequestError INVALID_REQUEST (an unknown mode), EngineError (TIMEOUT where the time does not suffice),
 * DependencyError SERVICE_UNAVAILABLE
 */
export async function simulateShard(ports: ShardPorts, task: ShardTask): Promise<void> {
  const { simulationId, engineHash, seed, mode, first, rounds, partRounds } = task;
  const engine = await ports.engines.load(engineHash);
  const batch = { seed: new Uint8Array(Buffer.from(seed, 'hex')), mode: placeOf(engine.capabilities, mode) };
  const tallies = cut({ first, rounds }, partRounds).map((part) => {
    const timeoutMs = Math.floor(ports.remainingMs());
    if (timeoutMs <= 0)
      throw new EngineError('TIMEOUT', `The time did not suffice for ${rounds} rounds from ${first} on`);
    return engine.simulate({ ...batch, first: BigInt(part.first), rounds: part.rounds }, timeoutMs);
  });
  await ports.simulations.putShard(simulationId, {
    engineHash,
    seed,
    mode,
    first,
    rounds,
    tally: mergeTallies(tallies),
    payouts: tallies.map((tally) => payoutOf(tally).payout),
  });
}

/** @throws RequestError INVALID_REQUEST */
export function placeOf({ modes }: EngineCapabilities, name: string): number {
  const place = modes.findIndex((mode) => mode.name === name);
  if (place >= 0) return place;
  const known = modes.map((mode) => mode.name).join(', ');
  throw new RequestError('INVALID_REQUEST', `There is no mode ${name}; there are ${known}`);
}
