import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { readView } from '../round-view.ts';
import type { ServedEngine } from '../served-engine.ts';
import { capabilitiesMessage } from './capabilities-message.ts';
import { statusFor } from './engine-status.ts';
import {
  type Engine,
  type EngineId,
  type ResetRequest,
  ResetResponseSchema,
  type StepRequest,
  StepResponseSchema,
} from './proto/engine/v1/engine_pb.ts';
import { Simulations } from './simulations.ts';

const SEED_BYTES = 32;

/** Serves engines. Where several builds of one engine are served, a request without a build gets the first. */
export function engineService(engines: readonly ServedEngine[]): ServiceImpl<typeof Engine> {
  const simulations = new Simulations();
  return {
    getCapabilities: answering((id: EngineId) => capabilitiesMessage(find(engines, id))),
    reset: answering((request: ResetRequest) => reset(find(engines, request.id), request)),
    step: answering((request: StepRequest) => step(find(engines, request.id), request)),
    async *batchSimulate(request, context) {
      try {
        yield* simulations.run(find(engines, request.id), request, context);
      } catch (error) {
        throw statusFor(error);
      }
    },
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

function find(engines: readonly ServedEngine[], id: EngineId | undefined): ServedEngine {
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

function reset(engine: ServedEngine, { seed, hint }: ResetRequest) {
  if (seed.length !== SEED_BYTES || seed.some((byte) => byte !== 0) || hint.length > 0) {
    throw new ConnectError('A reset takes 32 zero bytes and no configuration', Code.InvalidArgument);
  }
  const { state, view } = engine.reset();
  return create(ResetResponseSchema, { state, obs: Buffer.from(view), buildHash: hashBytes(engine) });
}

function step(engine: ServedEngine, { state, action, seed, stepIndex }: StepRequest) {
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

function hashBytes({ hash }: ServedEngine): Uint8Array {
  return Buffer.from(hash, 'hex');
}
