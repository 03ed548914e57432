import { EngineError } from '../../foundation/errors.ts';
import type { SimulationBatch, SimulationResult } from '../simulation.ts';
import { engineErrorFor } from './engine-status.ts';
import type { GrpcChannel } from './grpc-channel.ts';
import { Engine, type SimResultChunk } from './proto/engine/v1/engine_pb.ts';
import type { RemoteBuildId } from './remote-engine.ts';
import { readChunk } from './simulation-chunk.ts';

/** A server of ours allows no longer deadline. */
const DEADLINE_MS = 10 * 60_000;

/**
 * Reads what a server counts of a batch, part by part in their order.
 * @throws EngineError with the host's code for whatever went wrong, BAD_OUTPUT where the parts are not the batch
 */
export async function* simulateRemotely(
  channel: GrpcChannel,
  { engineId: envId, buildId, buildHash }: RemoteBuildId,
  { seed, first, rounds, mode }: SimulationBatch,
): AsyncGenerator<SimulationResult> {
  const id = { envId, buildId, buildHash: Buffer.from(buildHash, 'hex') };
  const request = { id, seed, firstRound: first, rounds: BigInt(rounds), mode: mode ?? 0 };
  const client = channel.client(Engine);
  const chunks = channel.stream((options) => client.batchSimulate(request, options), DEADLINE_MS);
  const end = first + BigInt(rounds);
  let next = first;
  for await (const chunk of answered(chunks)) {
    if (!Buffer.from(chunk.buildHash).equals(id.buildHash))
      throw new EngineError('HASH_MISMATCH', "The engine's server simulates another build");
    if (chunk.firstRound !== next || chunk.rounds === 0n || next + chunk.rounds > end)
      throw new EngineError('BAD_OUTPUT', 'The engine simulates other rounds than it was asked for');
    next += chunk.rounds;
    yield readChunk(chunk);
  }
  if (next !== end)
    throw new EngineError('BAD_OUTPUT', 'The engine passes a part of a simulation off as the whole');
}

async function* answered(chunks: AsyncIterable<SimResultChunk>): AsyncGenerator<SimResultChunk> {
  try {
    yield* chunks;
  } catch (cause) {
    throw engineErrorFor(cause);
  }
}
