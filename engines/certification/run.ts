import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import type { ConvergencePoint } from '../../shared/simulation/report.ts';
import { convergenceOf, cut, partLengthOf, payoutOf } from '../../shared/simulation/run-parts.ts';
import { mergeTallies, type Tally } from '../../shared/simulation/tally.ts';

export interface WorkerSettings {
  readonly wasm: Uint8Array;
  readonly hash: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** The mode's place in the capabilities. */
  readonly mode: number;
}

/** A part is a stretch of the run, and whichever worker is free plays it. */
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

/** Plays rounds 0 to `rounds` - 1 of a seed on several threads. The result is the same for any number of them. */
export async function simulateOnThreads(options: RunOptions): Promise<Run> {
  const parts = partsOf(options.rounds);
  const tallies: Tally[] = [];
  const { wasm, hash, seed, mode, onProgress } = options;
  const workerData: WorkerSettings = { wasm, hash, seed, mode };
  const workers: Worker[] = [];
  const idle: Worker[] = [];
  let roundsDone = 0;
  const newWorker = () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    workers.push(worker);
    return worker;
  };
  const play = async (part: Part) => {
    const worker = idle.pop() ?? newWorker();
    worker.postMessage(part);
    // An error of the worker rejects this.
    const [{ index, tally }] = (await once(worker, 'message')) as [{ index: number; tally: Tally }];
    idle.push(worker);
    tallies[index] = tally;
    roundsDone += part.rounds;
    onProgress(roundsDone);
  };
  try {
    await pMap(parts, play, { concurrency: options.workers });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return {
    tally: mergeTallies(tallies),
    convergence: convergenceOf(tallies.map(payoutOf), options.priceMillionths),
  };
}

function partsOf(rounds: number): Part[] {
  return cut({ first: 0, rounds }, partLengthOf(rounds)).map((stretch, index) => ({
    index,
    first: BigInt(stretch.first),
    rounds: stretch.rounds,
  }));
}
