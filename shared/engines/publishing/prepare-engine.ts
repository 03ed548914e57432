import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import * as z from 'zod';
import type { StateRule } from '../state-rule.ts';
import type { EngineContract } from '../engine-version.ts';
import { EngineHost } from '../host/engine-host.ts';
import type { EngineInstance } from '../host/engine-instance.ts';
import { contractOf, MAX_MEMORY_PAGES } from '../host/interface.ts';
import type { LoadedEngine } from '../host/loaded-engine.ts';
import { loadRealtime, type RealtimeEngine } from '../host/realtime-engine.ts';
import { readText } from '../wire-format.ts';
import { checkConformance } from './conformance.ts';
import { checkRealtimeConformance } from './conformance-realtime.ts';
import { instrument } from './instrument.ts';
import { wrong } from './nonconformity.ts';

/** The number rises with every change of what the same module becomes. */
const INSTRUMENTATION = 3;

/** Says where a module comes from. */
export interface Provenance {
  /** The SHA-256 over the sources, in hex. */
  readonly sourcesHash: string;
  /** The name and the version of the compiler. */
  readonly compiler: string;
}

/** A module as its compiler wrote it, and as the host runs it. */
export interface MeteredEngine {
  readonly original: Uint8Array;
  readonly wasm: Uint8Array;
  /** The SHA-256 of `wasm`, in hex. */
  readonly hash: string;
  readonly contract: EngineContract;
}

/** This is kept beside a published engine. docs/engines.md lists its fields. */
export type EngineRecord = Readonly<Record<string, unknown>>;

/** @throws EngineError UNSUPPORTED_ABI */
export function meter(original: Uint8Array): MeteredEngine {
  const wasm = instrument(original);
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(wasm)));
  return { original, wasm, hash: sha256(wasm), contract: contractOf(exported.map(({ name }) => name)) };
}

export function loadMetered(metered: MeteredEngine): Promise<LoadedEngine | RealtimeEngine> {
  return metered.contract === 'realtime' ? loadMeteredRealtime(metered) : loadMeteredWire(metered);
}

function loadMeteredWire({ wasm, hash }: MeteredEngine): Promise<LoadedEngine> {
  return new EngineHost({ fetch: async () => wasm }).load(hash);
}

function loadMeteredRealtime({ wasm, hash }: MeteredEngine): Promise<RealtimeEngine> {
  return loadRealtime({ fetch: async () => wasm }, hash);
}

/**
 * Checks an engine against its contract, and says what it is and how it was made. The same module and provenance give
 * the same record.
 * @param rule is what its game declares
 * @throws EngineError with what is wrong with it
 */
export async function examine(
  metered: MeteredEngine,
  provenance: Provenance,
  rule: StateRule,
): Promise<EngineRecord> {
  const examined = await (metered.contract === 'realtime' ? examineRealtime : examineWire)(metered, rule);
  return {
    engine_sha256: metered.hash,
    contract: metered.contract,
    original_sha256: sha256(metered.original),
    sources_sha256: provenance.sourcesHash,
    tools: {
      compiler: provenance.compiler,
      instrumenter: `serverless-rgs ${INSTRUMENTATION}, binaryen ${binaryenVersion()}`,
    },
    limits: { fuel_per_call: String(examined.fuel), memory_pages: MAX_MEMORY_PAGES },
    conformance: examined.conformance,
    capabilities: examined.capabilities,
  };
}

interface Examined {
  /** The fuel of a call, at most. */
  readonly fuel: bigint;
  readonly conformance: Readonly<Record<string, unknown>>;
  /** The capabilities as the engine gives them. */
  readonly capabilities: unknown;
}

async function examineWire(metered: MeteredEngine, rule: StateRule): Promise<Examined> {
  const engine = await loadMeteredWire(metered);
  const conformed = await checkConformance(() => loadMeteredWire(metered), rule);
  const { rounds, steps, memoryPages, ...largest } = conformed;
  const conformance = {
    rounds,
    steps,
    max_step_fuel: String(largest.maxStepFuel),
    max_state_bytes: largest.maxStateBytes,
    max_view_bytes: largest.maxViewBytes,
    memory_pages: memoryPages,
  };
  return { fuel: engine.limits.fuel, conformance, capabilities: engine.withInstance(told) };
}

async function examineRealtime(metered: MeteredEngine, rule: StateRule): Promise<Examined> {
  if (rule === 'bound')
    throw wrong('it is a realtime game, whose state is of no bet; declare "state": "fresh"');
  const engine = await loadMeteredRealtime(metered);
  const { calls, maxCallFuel, maxStateBytes, memoryPages } = checkRealtimeConformance(engine);
  const conformance = {
    calls,
    max_call_fuel: String(maxCallFuel),
    max_state_bytes: maxStateBytes,
    memory_pages: memoryPages,
  };
  return { fuel: engine.limits.fuel, conformance, capabilities: told(engine.instance()) };
}

function told(instance: EngineInstance): unknown {
  return JSON.parse(readText(instance, instance.describe()));
}

function binaryenVersion(): string {
  const text: unknown = createRequire(import.meta.url)('binaryen/package.json');
  return z.object({ version: z.string() }).parse(text).version;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
