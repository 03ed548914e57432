import binaryen from 'binaryen';
import { EngineError } from '../../domain/errors.ts';
import { contractFunctions, injectedFunctions } from '../interface.ts';

const { i32, none } = binaryen;
const takesLength: ReadonlySet<string> = new Set(['rgs_reset', 'rgs_step', 'rgs_simulate']);
const contract: ReadonlySet<string> = new Set(contractFunctions);
const injected: ReadonlySet<string> = new Set(injectedFunctions);

/**
 * Leaves a module with the exports of the contract, each of the type that it must have. Constants are dropped, because
 * linkers export some; anything else that is exported besides is refused.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkExports(module: binaryen.Module): void {
  const exports = Array.from({ length: module.getNumExports() }, (_, index) =>
    binaryen.getExportInfo(module.getExportByIndex(index)),
  );
  const missing = [...contract, 'memory'].find((name) => !exports.some((found) => found.name === name));
  if (missing !== undefined) throw refused(`does not export ${missing}`);
  for (const found of exports) {
    const { name } = found;
    if (injected.has(name)) throw refused(`exports ${name}, which is for the host to add`);
    if (contract.has(name)) checkFunction(module, found);
    else if (name === 'memory') checkMemory(found);
    else if (isConstant(module, found)) module.removeExport(name);
    else throw refused(`exports ${name}, which is not part of the contract`);
  }
}

function checkFunction(module: binaryen.Module, { name, kind, value }: binaryen.ExportInfo): void {
  const type = kind === binaryen.ExternalFunction && binaryen.getFunctionInfo(module.getFunction(value));
  const params = takesLength.has(name) ? i32 : none;
  if (!type || type.params !== params || type.results !== i32) {
    throw refused(`exports ${name} as something else than the contract's function`);
  }
}

function checkMemory({ kind }: binaryen.ExportInfo): void {
  if (kind !== binaryen.ExternalMemory) throw refused('exports something else as its memory');
}

function isConstant(module: binaryen.Module, { kind, value }: binaryen.ExportInfo): boolean {
  return kind === binaryen.ExternalGlobal && !binaryen.getGlobalInfo(module.getGlobal(value)).mutable;
}

function refused(why: string): EngineError {
  return new EngineError('UNSUPPORTED_ABI', `The engine ${why}`);
}
