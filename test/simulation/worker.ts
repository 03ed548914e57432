/** The entry of the test build: plays worlds with the product's own handlers, as it is told to. */
import { parentPort } from 'node:worker_threads';
import { playWorld, type WorldTask } from './play-world.ts';
import { type WaitingTask, waitingCredits } from './waiting-credits.ts';

// A plain object: the real one asks the system for each variable, some forty times a spin.
process.env = { ...process.env };
// Thousands of errors are part of a world, and nobody reads where they were made.
Error.stackTraceLimit = 0;

parentPort?.on('message', (task: WorldTask | WaitingTask) => void work(task));

async function work(task: WorldTask | WaitingTask): Promise<void> {
  parentPort?.postMessage('credits' in task ? await waitingCredits(task) : await playWorld(task));
}
