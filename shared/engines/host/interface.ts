import { EngineError } from '../../foundation/errors.ts';
import type { EngineContract } from '../engine-version.ts';
import { memoryLimitsOf, sectionsOf, START_SECTION, tableEntriesOf } from './module-sections.ts';

/** 64 MiB, in pages of 64 KiB. */
export const MAX_MEMORY_PAGES = 1024;
const MAX_TABLE_ENTRIES = 65_536;

type NumberType = 'i32' | 'f32';

export interface FunctionType {
  readonly params: readonly NumberType[];
  readonly results: readonly NumberType[];
}

const answers: FunctionType = { params: [], results: ['i32'] };
const answersLength: FunctionType = { params: ['i32'], results: ['i32'] };

const ofBoth = {
  rgs_abi: answers,
  rgs_in: answers,
  rgs_out: answers,
  rgs_cap: answers,
  rgs_capabilities: answers,
};

/** An author exports these besides `memory`. docs/engines.md says what each does. */
export const contracts = {
  wire: { ...ofBoth, rgs_reset: answersLength, rgs_step: answersLength, rgs_simulate: answersLength },
  realtime: {
    ...ofBoth,
    init: { params: ['i32', 'i32'], results: ['i32'] },
    tick: { params: ['f32'], results: [] },
    on_input: { params: ['i32', 'i32', 'i32', 'i32'], results: [] },
    serialize_state: answers,
  },
} as const satisfies Record<EngineContract, Readonly<Record<string, FunctionType>>>;

/** Finds the contract of a module. Only realtime games are given time. */
export function contractOf(exported: readonly string[]): EngineContract {
  return exported.includes('tick') ? 'realtime' : 'wire';
}

/** Publishing adds these, so no author may use these names. */
export const injectedFunctions = ['rgs_start', 'rgs_fuel_set', 'rgs_fuel_left', 'rgs_out_of_memory'] as const;

/**
 * Checks that a module needs nothing, and offers what an instrumented engine of a contract offers. It also checks that
 * the module runs none of its code before the host has given it fuel.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkInterface(
  module: WebAssembly.Module,
  bytes: Uint8Array,
  contract: EngineContract,
): void {
  checkImports(module);
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const wanted = [...Object.keys(contracts[contract]), ...injectedFunctions];
  const missing = wanted.find((name) => kinds.get(name) !== 'function');
  if (missing !== undefined || kinds.get('memory') !== 'memory') {
    throw new EngineError('UNSUPPORTED_ABI', `The engine does not export ${missing ?? 'its memory'}`);
  }
  if (sectionsOf(bytes).some(({ id }) => id === START_SECTION)) {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine starts before it has fuel');
  }
  checkTables(bytes);
  const maximum = memoryLimitsOf(bytes)?.maximum;
  if (maximum === undefined || maximum > MAX_MEMORY_PAGES) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      'The engine must declare one memory with a maximum of at most 64 MiB',
    );
  }
}

/**
 * Checks a module's tables, which lie in the memory of the process and not of the engine.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkTables(bytes: Uint8Array): void {
  const entries = tableEntriesOf(bytes);
  if (entries > MAX_TABLE_ENTRIES) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `The engine's tables have ${entries} entries; ${MAX_TABLE_ENTRIES} are allowed`,
    );
  }
}

/** @throws EngineError UNSUPPORTED_ABI */
export function checkImports(module: WebAssembly.Module): void {
  const [first] = WebAssembly.Module.imports(module);
  if (first !== undefined) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `The engine imports ${first.module}.${first.name}; it may import nothing`,
    );
  }
}
