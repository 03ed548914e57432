/** The entry of the test build: plays worlds with the product's own handlers, as it is told to. */
import { parentPort } from 'node:worker_threads';
import { playWorld, type WorldTask } from './play-world.ts';

// A plain object: the real one asks the system for each variable, some forty times a spin.
process.env = { ...process.env };
// Thousands of errors are part of a world, and nobody reads where they were made.
Error.stackTraceLimit = 0;

parentPort?.on('message', (task: WorldTask) => {
  void playWorld(task).then((played) => parentPort?.postMessage(played));
});

export { playWorld };
