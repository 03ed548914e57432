import { EngineError } from '../domain/errors.ts';

/** 64 MiB, in pages of 64 KiB. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

const requiredFunctions = [
  'rgs_abi',
  'rgs_in',
  'rgs_out',
  'rgs_cap',
  'rgs_capabilities',
  'rgs_reset',
  'rgs_step',
] as const;
type Call = (length?: number) => number;
export type EngineExports = { readonly memory: WebAssembly.Memory } & Readonly<
  Record<(typeof requiredFunctions)[number], Call>
>;

/**
 * Compiles an engine and checks that it can touch nothing but its own memory.
 * @throws EngineError UNSUPPORTED_ABI
 */
export async function compileEngine(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const module = await WebAssembly.compile(bytes).catch((cause: unknown) => {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine is no valid WebAssembly module', { cause });
  });
  const [imported] = WebAssembly.Module.imports(module);
  if (imported) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `An engine imports nothing, but this one wants ${imported.module}.${imported.name}`,
    );
  }
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = requiredFunctions.find((name) => kinds.get(name) !== 'function');
  if (missing ?? kinds.get('memory') !== 'memory') {
    throw new EngineError('UNSUPPORTED_ABI', `The engine exports no ${missing ?? 'memory'}`);
  }
  return module;
}

/** @throws EngineError ENGINE_TRAP where its start function traps, UNSUPPORTED_ABI for another version of the contract */
export function instantiate(module: WebAssembly.Module): EngineExports {
  const exports = trapped(() => new WebAssembly.Instance(module).exports as unknown as EngineExports);
  const abi = trapped(() => exports.rgs_abi());
  if (abi !== 1) throw new EngineError('UNSUPPORTED_ABI', `The engine speaks version ${abi} of the contract`);
  return exports;
}

/** Runs a call into the engine. @throws EngineError ENGINE_TRAP */
export function trapped<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new EngineError('ENGINE_TRAP', 'The engine trapped', { cause });
  }
}

/**
 * A buffer of the engine's memory, as it is now: growing the memory detaches what was seen of it before.
 * @throws EngineError BAD_OUTPUT
 */
export function bufferAt({ memory }: EngineExports, pointer: number, length: number): Uint8Array {
  const { buffer } = memory;
  const inside =
    Number.isInteger(pointer) && pointer >= 0 && length >= 0 && pointer + length <= buffer.byteLength;
  if (!inside || buffer.byteLength > MAX_MEMORY_BYTES) {
    throw new EngineError('BAD_OUTPUT', 'The engine names a buffer outside the memory it may have');
  }
  return new Uint8Array(buffer, pointer, length);
}
