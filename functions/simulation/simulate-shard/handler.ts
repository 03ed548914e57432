import { ShardTask } from '../../../shared/simulation/simulation.ts';
import { simulateShard } from '../../../shared/simulation/simulate-shard.ts';
import * as compose from '../../_runtime/composition.ts';
import { parseInput } from '../../_runtime/parse-input.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

/** Left for writing the result. */
const WRITING_MS = 20_000;

export const handler = workerHandler(async (input: unknown, context): Promise<void> => {
  const ports = {
    engines: compose.simulatedEngines(),
    simulations: compose.simulations(),
    remainingMs: () => context.getRemainingTimeInMillis() - WRITING_MS,
  };
  await simulateShard(ports, parseInput(ShardTask, input));
});
