import { EngineError } from '../domain/errors.ts';
import { memoryLimitsOf, sectionsOf, START_SECTION, tableEntriesOf } from './module-sections.ts';

/** 64 MiB in pages of 64 KiB. */
export const MAX_MEMORY_PAGES = 1024;
const MAX_TABLE_ENTRIES = 65_536;

/** What an author exports besides `memory`; docs/engines.md tells what each does. */
export const contractFunctions = [
  'rgs_abi',
  'rgs_in',
  'rgs_out',
  'rgs_cap',
  'rgs_capabilities',
  'rgs_reset',
  'rgs_step',
  'rgs_simulate',
] as const;

/** What publishing adds: no author may use these names. */
export const injectedFunctions = ['rgs_start', 'rgs_fuel_set', 'rgs_fuel_left', 'rgs_out_of_memory'] as const;

/**
 * Checks that a module needs nothing, offers what an instrumented engine offers, and runs none of its code before the
 * host has given it fuel.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkInterface(module: WebAssembly.Module, bytes: Uint8Array): void {
  checkImports(module);
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = [...contractFunctions, ...injectedFunctions].find((name) => kinds.get(name) !== 'function');
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

/** Tables lie in the memory of the process and not of the engine. @throws EngineError UNSUPPORTED_ABI */
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
