import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { EngineHost } from '../engine-host.ts';
import { MAX_MEMORY_PAGES } from '../interface.ts';
import type { LoadedEngine } from '../loaded-engine.ts';
import { readText } from '../wire-format.ts';
import { checkConformance } from './conformance.ts';
import { instrument } from './instrument.ts';

/** To be raised with every change of what the same module becomes. */
const INSTRUMENTATION = 3;

/** Where a module comes from. */
export interface Provenance {
  /** SHA-256 over the sources, hex. */
  readonly sourcesHash: string;
  /** Name and version. */
  readonly compiler: string;
}

/** A module as its compiler wrote it, and as the host runs it. */
export interface MeteredEngine {
  readonly original: Uint8Array;
  readonly wasm: Uint8Array;
  /** SHA-256 of `wasm`, hex. */
  readonly hash: string;
}

/** What is kept beside a published engine; docs/engines.md lists its fields. */
export type EngineRecord = Readonly<Record<string, unknown>>;

/** @throws EngineError UNSUPPORTED_ABI */
export function meter(original: Uint8Array): MeteredEngine {
  const wasm = instrument(original);
  return { original, wasm, hash: sha256(wasm) };
}

export function loadMetered({ wasm, hash }: MeteredEngine): Promise<LoadedEngine> {
  return new EngineHost({ fetch: async () => wasm }).load(hash);
}

/**
 * Holds an engine to its contract, and tells what it is and how it was made. The same module and provenance give the same
 * record.
 * @throws EngineError with what is wrong with it
 */
export async function examine(metered: MeteredEngine, provenance: Provenance): Promise<EngineRecord> {
  const engine = await loadMetered(metered);
  const { rounds, steps, memoryPages, ...largest } = await checkConformance(() => loadMetered(metered));
  return {
    engine_sha256: metered.hash,
    original_sha256: sha256(metered.original),
    sources_sha256: provenance.sourcesHash,
    tools: {
      compiler: provenance.compiler,
      instrumenter: `serverless-rgs ${INSTRUMENTATION}, binaryen ${binaryenVersion()}`,
    },
    limits: { fuel_per_call: String(engine.limits.fuel), memory_pages: MAX_MEMORY_PAGES },
    conformance: {
      rounds,
      steps,
      max_step_fuel: String(largest.maxStepFuel),
      max_state_bytes: largest.maxStateBytes,
      max_view_bytes: largest.maxViewBytes,
      memory_pages: memoryPages,
    },
    capabilities: engine.withInstance((instance) => JSON.parse(readText(instance, instance.describe()))),
  };
}

function binaryenVersion(): string {
  const text: unknown = createRequire(import.meta.url)('binaryen/package.json');
  return z.object({ version: z.string() }).parse(text).version;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
