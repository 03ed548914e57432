import binaryen from 'binaryen';
import type { EngineSettings } from './loaded-engine.ts';
import { hashOf } from './hostile-engine.fixture.ts';
import { instrument } from '../publishing/instrument.ts';
import { loadRealtime, type RealtimeEngine } from './realtime-engine.ts';
import type { RealtimeTable } from './realtime-table.ts';

export const REALTIME_CAPABILITIES = {
  abi: 1,
  engine_id: 'hostile',
  build_id: '1.0.0',
  schema_version: 1,
  encoding: { input: 'hostile:v1', state: 'json:v1' },
  max_players: 3,
  step_ms: 10,
  max_tick_ms: 1_000,
  rtp_millionths: '950000',
  max_win_millionths: '5000000',
};

/** The parts of a well-behaved realtime module, in WebAssembly text. A test may replace any of them. */
export interface RealtimeParts {
  readonly head: string;
  readonly memory: string;
  readonly abi: string;
  readonly inAt: string;
  readonly outAt: string;
  readonly cap: string;
  readonly capabilities: string;
  /** A function body that answers an i32. */
  readonly capabilitiesBody: string;
  readonly init: string;
  readonly tick: string;
  readonly input: string;
  readonly state: string;
  /** A length and as many bytes are at STATE_AT. */
  readonly shown: Uint8Array;
  readonly exported: string;
  /** Changes the text of the whole. */
  readonly edit: (text: string) => string;
}

export const STATE_AT = 131_072;
const CAPABILITIES_AT = 196_608;
export const SEED = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
export const ENDLESS = '(loop $again (br $again))';

/** Makes the bytes of a state: a length, which is its own unless it is given, and a text. */
export function shown(text: string | Uint8Array, length = Buffer.from(text).length): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeInt32LE(length);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Assembles a module as an author hands it in. */
export function assembleRealtime(parts: Partial<RealtimeParts> = {}): Uint8Array {
  const {
    head = '',
    memory = '(memory (export "memory") 4 1024)',
    abi = '(i32.const 1)',
    inAt = '(i32.const 0)',
    outAt = '(i32.const 65536)',
    cap = '(i32.const 65536)',
    capabilities = JSON.stringify(REALTIME_CAPABILITIES),
    capabilitiesBody = `(memory.copy (i32.const 65536) (i32.const ${CAPABILITIES_AT}) (i32.const ${capabilities.length}))
      (i32.const ${capabilities.length})`,
    init = '(i32.const 0)',
    tick = '',
    input = '',
    state = `(i32.const ${STATE_AT})`,
    shown: bytes = shown('{"ticks":0}'),
    exported = '',
    edit = (text) => text,
  } = parts;
  const text = `(module
    ${head}
    ${memory}
    (data (i32.const ${STATE_AT}) "${escaped(bytes)}")
    (data (i32.const ${CAPABILITIES_AT}) "${escaped(Buffer.from(capabilities))}")
    (func (export "rgs_abi") (result i32) ${abi})
    (func (export "rgs_in") (result i32) ${inAt})
    (func (export "rgs_out") (result i32) ${outAt})
    (func (export "rgs_cap") (result i32) ${cap})
    (func (export "rgs_capabilities") (result i32) ${capabilitiesBody})
    (func (export "init") (param i32 i32) (result i32) ${init})
    (func (export "tick") (param f32) ${tick})
    (func (export "on_input") (param i32 i32 i32 i32) ${input})
    (func (export "serialize_state") (result i32) ${state})
    ${exported}
  )`;
  const module = binaryen.parseText(edit(text));
  module.setFeatures(binaryen.Features.All);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Loads a module as it is after publishing. */
export function loadRealtimeParts(
  parts: Partial<RealtimeParts> = {},
  settings: Partial<EngineSettings> = {},
): Promise<RealtimeEngine> {
  const wasm = instrument(assembleRealtime(parts));
  return loadRealtime({ fetch: async () => wasm }, hashOf(wasm), settings);
}

export async function openTable(parts: Partial<RealtimeParts> = {}): Promise<RealtimeTable> {
  return (await loadRealtimeParts(parts)).open(SEED);
}
