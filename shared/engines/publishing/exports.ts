import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import { contractOf, contracts, type FunctionType, injectedFunctions } from '../host/interface.ts';

const injected: ReadonlySet<string> = new Set(injectedFunctions);

/**
 * Leaves a module with the exports of its contract, each of the type that it must have. Constants are dropped, because
 * linkers export some. Any other export is refused.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkExports(module: binaryen.Module): void {
  const exports = Array.from({ length: module.getNumExports() }, (_, index) =>
    binaryen.getExportInfo(module.getExportByIndex(index)),
  );
  const names = exports.map(({ name }) => name);
  const contract = new Map<string, FunctionType>(Object.entries(contracts[contractOf(names)]));
  const missing = [...contract.keys(), 'memory'].find((name) => !names.includes(name));
  if (missing !== undefined) throw refused(`does not export ${missing}`);
  for (const found of exports) {
    const { name } = found;
    if (injected.has(name)) throw refused(`exports ${name}, which is for the host to add`);
    const wanted = contract.get(name);
    if (wanted) checkFunction(module, found, wanted);
    else if (name === 'memory') checkMemory(found);
    else if (isConstant(module, found)) module.removeExport(name);
    else throw refused(`exports ${name}, which is not part of the contract`);
  }
}

function checkFunction(
  module: binaryen.Module,
  { name, kind, value }: binaryen.ExportInfo,
  wanted: FunctionType,
): void {
  const type = kind === binaryen.ExternalFunction && binaryen.getFunctionInfo(module.getFunction(value));
  const [params, results] = [wanted.params, wanted.results].map((types) =>
    binaryen.createType(types.map((each) => binaryen[each])),
  );
  if (!type || type.params !== params || type.results !== results) {
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
