import { createHash } from 'node:crypto';
import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import { EngineHost, type EngineHostOptions } from './engine-host.ts';
import type { LoadedEngine } from './loaded-engine.ts';
import { instrument } from '../publishing/instrument.ts';

export const CAPABILITIES = {
  abi: 1,
  engine_id: 'hostile',
  build_id: '1.0.0',
  schema_version: 1,
  encoding: { state: 'bytes:v1', action: 'discrete:v1', view: 'json:v1' },
  action_space: { discrete: [{ name: 'spin', phase: 'base' }] },
  max_horizon: 1,
  modes: [
    { name: 'base', price_millionths: '1000000', rtp_millionths: '950000', max_win_millionths: '5000000' },
  ],
  preferred_batch: 1000,
};
export const VIEW = '{"outcome":{},"public_state":{},"bonus_triggered":null}';

/** The parts of a well-behaved module, in WebAssembly text. A test may replace any of them. */
export interface EngineParts {
  readonly head: string;
  readonly memory: string;
  readonly abi: string;
  readonly inAt: number;
  readonly outAt: number;
  readonly capacity: number;
  readonly capabilities: string | Uint8Array;
  /** A function body that answers an i32. */
  readonly capabilitiesBody: string;
  readonly stepBody: string;
  readonly stepResult: 'i32' | 'i64' | 'f64';
  readonly resetBody: string;
  readonly simulateBody: string;
  /** The plain step and reset answer this. */
  readonly answer: Uint8Array;
  /** Publishing adds this. It has no effect here, so that a test can show what the host does without it. */
  readonly injected: string;
}

export const UNMETERED = `
  (global $fuel (mut i64) (i64.const 0))
  (func (export "rgs_start"))
  (func (export "rgs_fuel_set") (param i64) (global.set $fuel (local.get 0)))
  (func (export "rgs_fuel_left") (result i64) (global.get $fuel))
  (func (export "rgs_out_of_memory") (result i32) (i32.const 0))`;

const REFUSES_LENGTHS = '(if (i32.gt_u (local.get 0) (i32.const 65536)) (then (return (i32.const -1))))';

/** The body of a step that pays in every round the return that CAPABILITIES declare. */
export const PAYING_STEP = `${REFUSES_LENGTHS}
  (memory.copy (i32.const 65536) (i32.const 196608) (i32.const ${answerBytes().length}))
  (i64.store (i32.const 65540) (i64.const 950000))
  (i32.const ${answerBytes().length})`;

/** Counts the rounds of such steps in the output. */
export const PAYING_COUNTERS = `(local $rounds i64) ${REFUSES_LENGTHS}
  (local.set $rounds (i64.extend_i32_u (i32.load (i32.const 40))))
  (memory.fill (i32.const 65536) (i32.const 0) (i32.const 108))
  (i64.store (i32.const 65536) (local.get $rounds))
  (i64.store (i32.const 65544) (local.get $rounds))
  (i64.store (i32.const 65568) (i64.mul (local.get $rounds) (i64.const 950000)))
  (i64.store (i32.const 65584) (i64.const 950000))
  (i64.store (i32.const 65592) (i64.mul (local.get $rounds) (i64.const 902500000000)))
  (i64.store (i32.const 65624) (i64.mul (local.get $rounds) (i64.const 902500000000)))`;

/** A module that conforms. Its steps pay what it declares and what it simulates. */
export const CONFORMING: Partial<EngineParts> = {
  resetBody: `${REFUSES_LENGTHS} ${copyToOutput(196_608, answerBytes().length)}`,
  stepBody: PAYING_STEP,
  simulateBody: `${PAYING_COUNTERS} (i32.const 108)`,
};

const CAPABILITIES_AT = 131_072;
const ANSWER_AT = 196_608;

export interface Answer {
  readonly state?: Uint8Array;
  readonly stateLength?: number;
  readonly payoutMillionths?: bigint;
  readonly flags?: number;
  readonly view?: string | Uint8Array;
}

/** Makes the bytes that a step answers. */
export function answerBytes({
  state = new Uint8Array(),
  stateLength = state.length,
  payoutMillionths = 0n,
  flags = 0,
  view = VIEW,
}: Answer = {}): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(stateLength);
  const tail = Buffer.alloc(12);
  tail.writeBigInt64LE(payoutMillionths);
  tail.writeUInt32LE(flags, 8);
  return Buffer.concat([head, state, tail, Buffer.from(view)]);
}

/** Assembles a module as an author hands it in. */
export function assembleOriginal(parts: Partial<EngineParts> = {}): Uint8Array {
  return assembleEngine({ ...parts, injected: '' });
}

/** Assembles a module that looks like a published one. It behaves well except for what `parts` replaces. */
export function assembleEngine(parts: Partial<EngineParts> = {}): Uint8Array {
  const module = binaryen.parseText(engineText(parts));
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function engineText(parts: Partial<EngineParts>): string {
  const {
    head = '',
    memory = '(memory (export "memory") 4 1024)',
    abi = '(i32.const 1)',
    inAt = 0,
    outAt = 65_536,
    capacity = 65_536,
    stepResult = 'i32',
    capabilities = JSON.stringify(CAPABILITIES),
    answer = answerBytes(),
    injected = UNMETERED,
  } = parts;
  const told = Buffer.from(capabilities);
  const {
    capabilitiesBody = copyToOutput(CAPABILITIES_AT, told.length),
    stepBody = copyToOutput(ANSWER_AT, answer.length),
    resetBody = copyToOutput(ANSWER_AT, answer.length),
    simulateBody = '(i32.const -1)',
  } = parts;
  return `(module
    ${head}
    ${memory}
    (data (i32.const ${CAPABILITIES_AT}) "${escaped(told)}")
    (data (i32.const ${ANSWER_AT}) "${escaped(answer)}")
    (func (export "rgs_abi") (result i32) ${abi})
    (func (export "rgs_in") (result i32) (i32.const ${inAt}))
    (func (export "rgs_out") (result i32) (i32.const ${outAt}))
    (func (export "rgs_cap") (result i32) (i32.const ${capacity}))
    (func (export "rgs_capabilities") (result i32) ${capabilitiesBody})
    (func (export "rgs_reset") (param i32) (result i32) ${resetBody})
    (func (export "rgs_step") (param i32) (result ${stepResult}) ${stepBody})
    (func (export "rgs_simulate") (param i32) (result i32) ${simulateBody})
    ${injected}
  )`;
}

function copyToOutput(from: number, length: number): string {
  return `(memory.copy (i32.const 65536) (i32.const ${from}) (i32.const ${length})) (i32.const ${length})`;
}

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function loadBytes(bytes: Uint8Array, options: EngineHostOptions = {}): Promise<LoadedEngine> {
  return new EngineHost({ fetch: async () => bytes }, options).load(hashOf(bytes));
}

export function loadParts(parts: Partial<EngineParts> = {}): Promise<LoadedEngine> {
  return loadBytes(assembleEngine(parts));
}

/** Loads a module as it is after publishing. */
export async function loadPublished(
  parts: Partial<EngineParts> = {},
  options: EngineHostOptions = {},
): Promise<LoadedEngine> {
  return loadBytes(instrument(assembleOriginal(parts)), options);
}

/** Gives the code of the EngineError that `run` ends in. Anything else is thrown on, because nothing else may escape. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}
