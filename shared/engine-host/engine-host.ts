import { createHash } from 'node:crypto';
import { EngineError } from '../domain/errors.ts';
import type { Engine, EngineArtefacts, Engines } from '../ports/engines.ts';
import { compileEngine } from './engine-module.ts';
import { WasmEngine } from './wasm-engine.ts';

/** More than the active version and those that open bonuses still play on, for a function that serves many games. */
const MAX_ENGINES = 64;

/** Loads engines by hash, verifies them and keeps them compiled. A load in flight is shared; a failed one is forgotten. */
export class EngineHost implements Engines {
  readonly #artefacts: EngineArtefacts;
  readonly #engines = new Map<string, Promise<Engine>>();

  constructor(artefacts: EngineArtefacts) {
    this.#artefacts = artefacts;
  }

  async load(hash: string): Promise<Engine> {
    const known = this.#engines.get(hash);
    if (known) return known;
    const loading = this.#fetchVerified(hash);
    this.#keep(hash, loading);
    try {
      return await loading;
    } catch (error) {
      this.#engines.delete(hash);
      throw error;
    }
  }

  async #fetchVerified(hash: string): Promise<Engine> {
    const bytes = await this.#artefacts.fetch(hash);
    if (createHash('sha256').update(bytes).digest('hex') !== hash) {
      throw new EngineError(
        'HASH_MISMATCH',
        `What is stored as engine ${hash.slice(0, 12)} is another module`,
      );
    }
    return new WasmEngine(hash, await compileEngine(bytes));
  }

  #keep(hash: string, loading: Promise<Engine>): void {
    this.#engines.set(hash, loading);
    const [oldest] = this.#engines.keys();
    if (this.#engines.size > MAX_ENGINES && oldest !== undefined) this.#engines.delete(oldest);
  }
}
