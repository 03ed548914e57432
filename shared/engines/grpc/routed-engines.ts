import type { EngineVersion } from '../engine-version.ts';
import type { Engine, Engines } from '../engines.ts';
import type { RemoteVersion } from './remote-engines.ts';

interface Remote {
  load(version: RemoteVersion): Promise<Engine>;
}

export interface EngineRoutes {
  /** Loads modules by their hash. */
  readonly modules: Engines;
  /** Reads the engine that is registered under a hash. */
  readonly version: (hash: string) => Promise<EngineVersion | undefined>;
  /** This is made at the first engine that is remote, because most processes never meet one. */
  readonly remote: () => Promise<Remote>;
}

/** Loads each engine from where it is registered: from a server, or from the store of modules. */
export class RoutedEngines implements Engines {
  readonly #routes: EngineRoutes;
  /** A module stays a module, because its hash is that of its bytes. */
  readonly #modules = new Set<string>();
  #remote: Remote | undefined;

  constructor(routes: EngineRoutes) {
    this.#routes = routes;
  }

  async load(hash: string): Promise<Engine> {
    const { modules, version: versionOf, remote } = this.#routes;
    if (this.#modules.has(hash)) return modules.load(hash);
    const version = await versionOf(hash);
    if (version?.remote === undefined) {
      const engine = await modules.load(hash);
      this.#modules.add(hash);
      return engine;
    }
    this.#remote ??= await remote();
    return this.#remote.load({ ...version, remote: version.remote });
  }
}
