import { create } from '@bufbuild/protobuf';
import type { SimulationResult } from '../simulation.ts';
import { type SimResultChunk, SimResultChunkSchema, type Uint128 } from './proto/engine/v1/engine_pb.ts';

const LOW_BITS = 64n;

/** Writes the counts of the rounds from `firstRound` on, as they are sent. */
export function chunkMessage(
  firstRound: bigint,
  result: SimulationResult,
  buildHash: Uint8Array,
): SimResultChunk {
  const { baseSquares, bonusSquares, roundSquares, histogram, ...counters } = result;
  return create(SimResultChunkSchema, {
    ...counters,
    firstRound,
    baseSquares: halves(baseSquares),
    bonusSquares: halves(bonusSquares),
    roundSquares: halves(roundSquares),
    histogram: histogram.map((bucket) => ({ ...bucket })),
    buildHash,
  });
}

function halves(value: bigint): { high: bigint; low: bigint } {
  return { high: value >> LOW_BITS, low: BigInt.asUintN(Number(LOW_BITS), value) };
}

/** Reads the counts as they were sent. */
export function readChunk(chunk: SimResultChunk): SimulationResult {
  return {
    rounds: chunk.rounds,
    hits: chunk.hits,
    bonuses: chunk.bonuses,
    bonusSteps: chunk.bonusSteps,
    basePayout: chunk.basePayout,
    bonusPayout: chunk.bonusPayout,
    maxWin: chunk.maxWin,
    baseSquares: whole(chunk.baseSquares),
    bonusSquares: whole(chunk.bonusSquares),
    roundSquares: whole(chunk.roundSquares),
    histogram: chunk.histogram.map(({ fromMillionths, rounds }) => ({ fromMillionths, rounds })),
  };
}

function whole(halved: Uint128 | undefined): bigint {
  return halved === undefined ? 0n : (halved.high << LOW_BITS) + halved.low;
}
