import { parentPort, workerData } from 'node:worker_threads';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import type { Part, WorkerSettings } from './run.ts';

const { wasm, hash, seed, mode } = workerData as WorkerSettings;
const engine = await new EngineHost({ fetch: async () => wasm }).load(hash);

parentPort?.on('message', ({ index, first, rounds }: Part) => {
  parentPort?.postMessage({ index, tally: simulate(engine, { seed, mode, first, rounds }) });
});
