import { create } from '@bufbuild/protobuf';
import type { SimulationResult } from '../../engine-host/simulation.ts';
import { type SimResultChunk, SimResultChunkSchema } from './proto/engine/v1/engine_pb.ts';

const LOW_BITS = 64n;

/** What the rounds from `firstRound` on counted, as it is sent. */
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
