import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ConvergencePoint } from '../../shared/certification/report.ts';
import { ratio } from '../../shared/certification/statistics.ts';
import { mergeTallies, type Tally } from '../../shared/certification/tally.ts';

export interface WorkerSettings {
  readonly wasm: Uint8Array;
  readonly hash: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** The mode's place in the capabilities. */
  readonly mode: number;
}

/** A stretch of the run, played by whichever worker is free. */
export interface Part {
  readonly index: number;
  readonly first: bigint;
  readonly rounds: number;
}

export interface RunOptions extends WorkerSettings {
  readonly rounds: number;
  readonly priceMillionths: bigint;
  readonly workers: number;
  readonly onProgress: (roundsDone: number) => void;
}

export interface Run {
  readonly tally: Tally;
  readonly convergence: readonly ConvergencePoint[];
}

const POINTS = 100;
/** Short enough that every worker is busy to the end, and far below what a simulation takes in one call (2^24). */
const LONGEST_PART = 1_000_000;

/** Plays rounds 0 to `rounds` - 1 of a seed on several threads. The result is the same for any number of them. */
export async function simulateOnThreads(options: RunOptions): Promise<Run> {
  const parts = partsOf(options.rounds);
  const tallies: Tally[] = [];
  const waiting = parts.values();
  let roundsDone = 0;
  const { onProgress } = options;
  const work = async () => {
    const { wasm, hash, seed, mode } = options;
    const workerData: WorkerSettings = { wasm, hash, seed, mode };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    try {
      for (const part of waiting) {
        worker.postMessage(part);
        // An error of the worker rejects this.
        const [{ index, tally }] = (await once(worker, 'message')) as [{ index: number; tally: Tally }];
        tallies[index] = tally;
        roundsDone += part.rounds;
        onProgress(roundsDone);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, parts.length) }, work));
  return { tally: mergeTallies(tallies), convergence: convergenceOf(tallies, options.priceMillionths) };
}

function partsOf(rounds: number): Part[] {
  const length = Math.min(LONGEST_PART, Math.ceil(rounds / POINTS));
  return Array.from({ length: Math.ceil(rounds / length) }, (_, index) => ({
    index,
    first: BigInt(index * length),
    rounds: Math.min(length, rounds - index * length),
  }));
}

function convergenceOf(tallies: readonly Tally[], priceMillionths: bigint): ConvergencePoint[] {
  let rounds = 0n;
  let payout = 0n;
  const points = tallies.map((tally) => {
    rounds += tally.rounds;
    payout += tally.basePayout + tally.bonusPayout;
    return { rounds: Number(rounds), rtp: ratio(payout, rounds * priceMillionths) };
  });
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, index) => (index + 1) % every === 0 || index === points.length - 1);
}
