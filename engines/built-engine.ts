import { readFile } from 'node:fs/promises';
import { EngineHost } from '../shared/engine-host/engine-host.ts';
import type { LoadedEngine } from '../shared/engine-host/loaded-engine.ts';
import { buildEngine } from './build.ts';

/** Loads an engine of this folder as its sources are now. @throws Error where there is none of that name */
export async function loadBuiltEngine(name: string): Promise<LoadedEngine> {
  const built = await buildEngine(name);
  return new EngineHost({ fetch: () => readFile(built.path) }).load(built.hash);
}
