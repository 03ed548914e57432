import { setImmediate } from 'node:timers/promises';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { ServedEngine } from '../served-engine.ts';
import type { BatchSimulateRequest, SimResultChunk } from './proto/engine/v1/engine_pb.ts';
import { chunkMessage } from './simulation-chunk.ts';

/** So many run at once, and the next one is refused. Each of them makes all others slower. */
export const MAX_SIMULATIONS = 4;
/** A chunk takes this long, and the thread answers nothing else meanwhile. A call needs the thread some five times. */
const CHUNK_MS = 5;
const MAX_CHUNK_ROUNDS = 65_536;
/** The length of a round is known only after the first ones. */
const FIRST_CHUNK_ROUNDS = 16;
const MAX_GROWTH = 4;
/** The wire contract numbers the rounds of a seed below 2^48. */
const MAX_ROUND = 2n ** 48n;

type Call = Pick<HandlerContext, 'signal' | 'timeoutMs'>;

/** Runs simulations that share a thread with steps, by one chunk of some milliseconds in each turn of the event loop. */
export class Simulations {
  #running = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Computes the next chunk when the one before it has been written, which waits for the reader.
   * @throws ConnectError INVALID_ARGUMENT, RESOURCE_EXHAUSTED, EngineError
   */
  async *run(
    engine: ServedEngine,
    request: BatchSimulateRequest,
    call: Call,
  ): AsyncGenerator<SimResultChunk> {
    const { seed, firstRound, mode } = request;
    const end = endOf(engine, request);
    const most = Math.min(request.chunkRounds || MAX_CHUNK_ROUNDS, MAX_CHUNK_ROUNDS);
    const buildHash = Buffer.from(engine.hash, 'hex');
    const leave = this.#enter(call.signal);
    try {
      let size = FIRST_CHUNK_ROUNDS;
      for (let first = firstRound; first < end; ) {
        await this.#nextTurn();
        // This throws, because a stream that just ends would pass a part off as the whole.
        call.signal.throwIfAborted();
        const left = end - first;
        const rounds = Math.min(size, most, left < MAX_CHUNK_ROUNDS ? Number(left) : MAX_CHUNK_ROUNDS);
        const beganAtMs = performance.now();
        const counted = engine.simulate({ seed, first, rounds, mode }, timeLeftMs(call));
        size = nextSize(rounds, performance.now() - beganAtMs);
        yield chunkMessage(first, counted, buildHash);
        first += BigInt(rounds);
      }
    } finally {
      leave();
    }
  }

  /** A reader that has stopped reading is not waited for beyond the call's deadline. */
  #enter(signal: AbortSignal): () => void {
    if (this.#running >= MAX_SIMULATIONS) {
      throw new ConnectError('Too many simulations run here already', Code.ResourceExhausted);
    }
    this.#running += 1;
    let inside = true;
    const leave = () => {
      if (inside) this.#running -= 1;
      inside = false;
    };
    signal.addEventListener('abort', leave, { once: true });
    return leave;
  }

  /** The event loop goes round between any two chunks, whoever owns them. */
  #nextTurn(): Promise<unknown> {
    this.#turn = this.#turn.then(() => setImmediate());
    return this.#turn;
  }
}

function endOf({ capabilities }: ServedEngine, { firstRound, rounds, mode }: BatchSimulateRequest): bigint {
  const end = firstRound + rounds;
  if (rounds === 0n || end > MAX_ROUND) {
    throw new ConnectError(
      'A simulation has at least one round, and its last is below 2^48',
      Code.InvalidArgument,
    );
  }
  if (mode >= capabilities.modes.length) {
    throw new ConnectError('The engine has no such mode', Code.InvalidArgument);
  }
  return end;
}

/** It is undefined where the call has no deadline. */
function timeLeftMs({ timeoutMs }: Call): number | undefined {
  const left = timeoutMs();
  return left === undefined ? undefined : Math.max(1, Math.ceil(left));
}

function nextSize(rounds: number, tookMs: number): number {
  const fitting = Math.floor((rounds * CHUNK_MS) / Math.max(tookMs, 0.01));
  return Math.min(Math.max(1, fitting), rounds * MAX_GROWTH);
}
