import { readFile } from 'node:fs/promises';
import { EngineHost } from '../shared/engine-host/engine-host.ts';
import type { LoadedEngine } from '../shared/engine-host/loaded-engine.ts';
import { buildEngines } from './build.ts';

/** An engine of this folder, as its sources are now. */
export async function loadBuiltEngine(name: string): Promise<LoadedEngine> {
  const built = (await buildEngines()).find((engine) => engine.name === name);
  if (built === undefined) throw new Error(`There is no engine ${name}`);
  return new EngineHost({ fetch: () => readFile(built.path) }).load(built.hash);
}
