import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { EngineHost } from '../shared/engines/host/engine-host.ts';
import type { LoadedEngine } from '../shared/engines/host/loaded-engine.ts';
import { instrument } from '../shared/engines/publishing/instrument.ts';
import { loadRealtime, type RealtimeEngine } from '../shared/engines/host/realtime-engine.ts';
import { buildGame } from './build.ts';

/**
 * Builds an engine of this folder as its sources are now, in the form that is published.
 * @throws Error where there is none of that name
 */
export async function builtArtefact(name: string): Promise<{ wasm: Uint8Array; hash: string }> {
  const built = await buildGame(name);
  const wasm = instrument(await readFile(built.path));
  return { wasm, hash: createHash('sha256').update(wasm).digest('hex') };
}

/** Loads an engine as it would be loaded after publishing. @throws Error where there is none of that name */
export async function loadBuiltEngine(name: string): Promise<LoadedEngine> {
  const { wasm, hash } = await builtArtefact(name);
  return new EngineHost({ fetch: async () => wasm }).load(hash);
}

/** Loads an engine of the realtime contract in the same way. */
export async function loadBuiltRealtime(name: string): Promise<RealtimeEngine> {
  const { wasm, hash } = await builtArtefact(name);
  return loadRealtime({ fetch: async () => wasm }, hash);
}
