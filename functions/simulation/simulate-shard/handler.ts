import { ShardTask } from '../../../shared/simulation/simulation.ts';
import { simulateShard } from '../../../shared/simulation/simulate-shard.ts';
import { simulatedEngines, simulations } from '../../_runtime/composition.ts';
import { parseInput } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

/** This time is left for writing the result. */
const WRITING_MS = 20_000;

const ports = portsOf({ engines: simulatedEngines, simulations });

export const handler = workerHandler(async (input: unknown, context): Promise<void> => {
  const remainingMs = () => context.getRemainingTimeInMillis() - WRITING_MS;
  await simulateShard({ ...ports(), remainingMs }, parseInput(ShardTask, input));
});
