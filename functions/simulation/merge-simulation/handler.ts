import { DistributedRun } from '../../../shared/simulation/simulation.ts';
import { mergeSimulation } from '../../../shared/simulation/merge-simulation.ts';
import { simulatedEngines, simulations } from '../../_runtime/composition.ts';
import { parseInput } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

const ports = portsOf({ engines: simulatedEngines, simulations });

export const handler = workerHandler(async (input: unknown): Promise<{ passed: boolean }> => {
  return { passed: await mergeSimulation(ports(), parseInput(DistributedRun, input)) };
});
