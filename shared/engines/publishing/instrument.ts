import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import { checkImports, checkTables } from '../host/interface.ts';
import { boundCallDepth } from './call-depth.ts';
import { checkExports } from './exports.ts';
import { addExport } from './expressions.ts';
import { canonicaliseNans } from './floats.ts';
import { injectFuel } from './fuel.ts';
import { checkFunctionSizes } from './function-size.ts';
import { trimModule } from './trim-module.ts';

/** A large engine has some hundred kilobytes. A far larger one takes long to compile while a player waits for it. */
const MAX_MODULE_BYTES = 4 * 1024 * 1024;

const { Features } = binaryen;
/**
 * Compilers may have used these. Threads, relaxed SIMD, exceptions, tail calls, references, and second or large memories
 * are not allowed.
 */
const ALLOWED_FEATURES =
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SIMD128 |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.SignExt |
  Features.Multivalue;

/**
 * Makes the artefact that the host runs from the module that an author's compiler wrote. It is metered, with bounded
 * memory and a bounded stack. The same module gives the same bytes.
 * @throws EngineError UNSUPPORTED_ABI where the module is none that the host may run
 */
export function instrument(original: Uint8Array): Uint8Array {
  checkOriginal(original);
  const module = read(trimModule(original));
  try {
    checkExports(module);
    checkFunctionSizes(module);
    canonicaliseNans(module);
    startOnCall(module);
    injectFuel(module);
    boundCallDepth(module);
    return emit(module);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('UNSUPPORTED_ABI', 'The engine cannot be instrumented', { cause });
  } finally {
    module.dispose();
  }
}

/** This comes before anything is added. An invalid module could become valid with what is added, and use it. */
function checkOriginal(original: Uint8Array): void {
  if (original.length > MAX_MODULE_BYTES) {
    throw new EngineError('UNSUPPORTED_ABI', `The engine has more than ${MAX_MODULE_BYTES} bytes`);
  }
  checkImports(compiled(original, 'The engine is not a valid WebAssembly module'));
  checkTables(original);
}

function compiled(bytes: Uint8Array, otherwise: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(new Uint8Array(bytes));
  } catch (cause) {
    throw new EngineError('UNSUPPORTED_ABI', otherwise, { cause });
  }
}

function read(trimmed: Uint8Array): binaryen.Module {
  const module = binaryen.readBinary(trimmed);
  module.setFeatures(ALLOWED_FEATURES);
  if (module.validate() === 0) {
    module.dispose();
    throw new EngineError('UNSUPPORTED_ABI', 'The engine uses a feature of WebAssembly that engines may not');
  }
  return module;
}

/** Code that ran when the module was instantiated now runs when the host calls it, with fuel like everything else. */
function startOnCall(module: binaryen.Module): void {
  const { none } = binaryen;
  const start = module.getStart();
  const body = start === 0 ? module.nop() : module.call(binaryen.getFunctionInfo(start).name, [], none);
  module.setStart(0);
  addExport(module, 'rgs_start', none, none, body);
}

function emit(module: binaryen.Module): Uint8Array {
  if (module.validate() === 0) {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine is not valid any more after it was instrumented');
  }
  const bytes = module.emitBinary();
  compiled(bytes, 'The engine cannot be compiled any more after it was instrumented');
  return bytes;
}
