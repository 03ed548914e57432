import type { EngineArtefacts } from '../engines.ts';
import type { SimulatedEngine, SimulatedEngines } from '../simulation.ts';
import { EngineHost } from './engine-host.ts';
import { simulate } from './simulation.ts';

/** Loads published modules for simulations. */
export class HostedSimulations implements SimulatedEngines {
  readonly #host: EngineHost;

  constructor(artefacts: EngineArtefacts) {
    this.#host = new EngineHost(artefacts);
  }

  async load(hash: string): Promise<SimulatedEngine> {
    const engine = await this.#host.load(hash);
    return {
      capabilities: engine.capabilities,
      simulate: (batch, timeoutMs) => simulate(engine, batch, timeoutMs),
    };
  }
}
