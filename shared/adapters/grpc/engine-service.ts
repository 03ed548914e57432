import { setImmediate } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { readView } from '../../domain/round-view.ts';
import type { LoadedEngine } from '../../engine-host/loaded-engine.ts';
import { simulate } from '../../engine-host/simulation.ts';
import { capabilitiesMessage } from './capabilities-message.ts';
import { statusFor } from './engine-status.ts';
import {
  type BatchSimulateRequest,
  type Engine,
  type EngineId,
  type ResetRequest,
  ResetResponseSchema,
  type SimResultChunk,
  type StepRequest,
  StepResponseSchema,
} from './proto/engine/v1/engine_pb.ts';
import { chunkMessage } from './simulation-chunk.ts';

/** A chunk keeps the server from other calls for as long as it is computed: about 12 ms for a slot. */
export const MAX_CHUNK_ROUNDS = 65_536;
/** Of the wire contract: the rounds of a seed are numbered below 2^48. */
const MAX_ROUND = 2n ** 48n;
const SEED_BYTES = 32;

/** Serves loaded engines. Where several builds of one engine are served, the first is the one that has no build named. */
export function engineService(engines: readonly LoadedEngine[]): ServiceImpl<typeof Engine> {
  return {
    getCapabilities: answering((id: EngineId) => capabilitiesMessage(find(engines, id))),
    reset: answering((request: ResetRequest) => reset(find(engines, request.id), request)),
    step: answering((request: StepRequest) => step(find(engines, request.id), request)),
    batchSimulate: (request, context) => simulateAll(engines, request, context),
  };
}

function answering<Request, Response>(
  answer: (request: Request) => Response,
): (request: Request) => Response {
  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      throw statusFor(error);
    }
  };
}

function find(engines: readonly LoadedEngine[], id: EngineId | undefined): LoadedEngine {
  const known = engines.filter(({ capabilities }) => capabilities.engineId === id?.envId);
  if (!id || known.length === 0) {
    throw new ConnectError('This server has no engine of that id', Code.NotFound);
  }
  const hash = Buffer.from(id.buildHash).toString('hex');
  const engine = known.find(
    (candidate) =>
      ['', candidate.capabilities.buildId].includes(id.buildId) && ['', candidate.hash].includes(hash),
  );
  if (!engine) throw new ConnectError('This server has other builds of that engine', Code.FailedPrecondition);
  return engine;
}

function reset(engine: LoadedEngine, { seed, hint }: ResetRequest) {
  if (seed.length !== SEED_BYTES || seed.some((byte) => byte !== 0) || hint.length > 0) {
    throw new ConnectError('A reset takes 32 zero bytes and no configuration', Code.InvalidArgument);
  }
  const { state, view } = engine.reset();
  return create(ResetResponseSchema, { state, obs: Buffer.from(view), buildHash: hashBytes(engine) });
}

function step(engine: LoadedEngine, { state, action, seed, stepIndex }: StepRequest) {
  const [code] = action;
  if (code === undefined || action.length !== 1) {
    throw new ConnectError('An action is one byte', Code.InvalidArgument);
  }
  const made = engine.step({ state, action: code, seed, stepIndex: Number(stepIndex) });
  return create(StepResponseSchema, {
    state: made.state,
    obs: Buffer.from(made.view),
    payoutMillionths: made.payoutMillionths,
    bonusActive: made.bonusActive,
    bonusTriggered: readView(made.view).bonusTriggered !== null,
    buildHash: hashBytes(engine),
  });
}

/** The next chunk is computed when the one before it has been written, which waits for the reader. */
async function* simulateAll(
  engines: readonly LoadedEngine[],
  request: BatchSimulateRequest,
  { signal }: HandlerContext,
): AsyncGenerator<SimResultChunk> {
  try {
    const engine = find(engines, request.id);
    const { seed, firstRound, rounds, mode } = request;
    const end = firstRound + rounds;
    if (rounds === 0n || end > MAX_ROUND) {
      throw new ConnectError(
        'A simulation has at least one round, and its last is below 2^48',
        Code.InvalidArgument,
      );
    }
    if (mode >= engine.capabilities.modes.length) {
      throw new ConnectError('The engine has no such mode', Code.InvalidArgument);
    }
    const chunkRounds = BigInt(Math.min(request.chunkRounds || MAX_CHUNK_ROUNDS, MAX_CHUNK_ROUNDS));
    for (let first = firstRound; first < end; first += chunkRounds) {
      // Thrown, because a stream that just ends would pass a part off as the whole.
      signal.throwIfAborted();
      const left = end - first;
      const batch = { seed, first, rounds: Number(left < chunkRounds ? left : chunkRounds), mode };
      yield chunkMessage(first, simulate(engine, batch), hashBytes(engine));
      await setImmediate();
    }
  } catch (error) {
    throw statusFor(error);
  }
}

function hashBytes({ hash }: LoadedEngine): Uint8Array {
  return Buffer.from(hash, 'hex');
}
