import type { EngineArtefacts, Engines } from '../engines.ts';
import { loadEngine } from './load-engine.ts';
import { CALL_LIMITS, type EngineSettings, type LoadedEngine } from './loaded-engine.ts';

/** Each may hold up to 64 MiB of memory. */
const MAX_ENGINES = 16;

export interface EngineHostOptions extends Partial<EngineSettings> {
  readonly maxEngines?: number;
}

/** Loads each engine once and keeps those used last. Concurrent loads of one hash share their work. */
export class EngineHost implements Engines {
  readonly #artefacts: EngineArtefacts;
  readonly #maxEngines: number;
  readonly #settings: EngineSettings;
  /** The engines are in the order of their last use. */
  readonly #engines = new Map<string, Promise<LoadedEngine>>();

  constructor(artefacts: EngineArtefacts, options: EngineHostOptions = {}) {
    const { maxEngines = MAX_ENGINES, limits = CALL_LIMITS, telemetry } = options;
    this.#artefacts = artefacts;
    this.#maxEngines = maxEngines;
    this.#settings = { limits, telemetry };
  }

  load(hash: string): Promise<LoadedEngine> {
    const engine = this.#engines.get(hash) ?? this.#fetch(hash);
    this.#engines.delete(hash);
    this.#engines.set(hash, engine);
    return engine;
  }

  #fetch(hash: string): Promise<LoadedEngine> {
    for (const oldest of this.#engines.keys()) {
      if (this.#engines.size < this.#maxEngines) break;
      this.#engines.delete(oldest);
    }
    const engine = loadEngine(this.#artefacts, hash, this.#settings);
    // A failure is not kept, because the artefact may be there the next time.
    engine.catch(() => {
      if (this.#engines.get(hash) === engine) this.#engines.delete(hash);
    });
    return engine;
  }
}
