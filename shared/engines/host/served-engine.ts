import type { ServedEngine } from '../served-engine.ts';
import { readText } from '../wire-format.ts';
import type { LoadedEngine } from './loaded-engine.ts';
import { simulate } from './simulation.ts';

/** Offers an engine of this host to a server. */
export function servedEngine(engine: LoadedEngine): ServedEngine {
  return {
    hash: engine.hash,
    capabilities: engine.capabilities,
    reset: () => engine.reset(),
    step: (input) => engine.step(input),
    capabilitiesText: () => engine.withInstance((instance) => readText(instance, instance.describe())),
    simulate: (batch, timeoutMs) => simulate(engine, batch, timeoutMs),
  };
}
