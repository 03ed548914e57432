import binaryen from 'binaryen';
import { calledFunction, type Expression, functionsOf, kindOf, operandsOf } from './expressions.ts';

/** The functions of a module, each behind those that it calls. Circles are cut at the functions that close them. */
export interface CallOrder {
  readonly handles: readonly number[];
  /** Names the functions that are called from elsewhere too: by the host, through a table, or by a circle's last. */
  readonly calledFromElsewhere: ReadonlySet<string>;
}

export function callOrder(module: binaryen.Module): CallOrder {
  const handles = new Map(
    functionsOf(module).map((handle) => [binaryen.getFunctionInfo(handle).name, handle]),
  );
  const ordered = new Map<string, number>();
  const begun = new Set<string>();
  const calledFromElsewhere = new Set([...exportedFunctions(module), ...tableEntries(module)]);
  const visit = (name: string, handle: number) => {
    if (begun.has(name)) {
      if (!ordered.has(name)) calledFromElsewhere.add(name);
      return;
    }
    begun.add(name);
    for (const callee of calleesOf(binaryen.getFunctionInfo(handle).body)) {
      visit(callee, handles.get(callee) as number);
    }
    ordered.set(name, handle);
  };
  for (const [name, handle] of handles) visit(name, handle);
  return { handles: [...ordered.values()], calledFromElsewhere };
}

/** Lists the functions with which a module's tables begin. */
export function tableEntries(module: binaryen.Module): string[] {
  return Array.from({ length: module.getNumElementSegments() }, (_, index) =>
    binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index)),
  ).flatMap(({ data }) => data);
}

function exportedFunctions(module: binaryen.Module): string[] {
  return Array.from({ length: module.getNumExports() }, (_, index) =>
    binaryen.getExportInfo(module.getExportByIndex(index)),
  ).flatMap(({ kind, value }) => (kind === binaryen.ExternalFunction ? [value] : []));
}

function calleesOf(expression: Expression, found: Set<string> = new Set()): ReadonlySet<string> {
  const kind = kindOf(expression);
  if (kind === 'Call') found.add(calledFunction(expression));
  for (const operand of operandsOf(expression, kind)) calleesOf(operand, found);
  return found;
}
