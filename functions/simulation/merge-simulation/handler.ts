import { DistributedRun } from '../../../shared/simulation/simulation.ts';
import { mergeSimulation } from '../../../shared/simulation/merge-simulation.ts';
import * as compose from '../../_runtime/composition.ts';
import { parseInput } from '../../_runtime/parse-input.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

export const handler = workerHandler(async (input: unknown): Promise<{ passed: boolean }> => {
  const ports = { engines: compose.simulatedEngines(), simulations: compose.simulations() };
  return { passed: await mergeSimulation(ports, parseInput(DistributedRun, input)) };
});
