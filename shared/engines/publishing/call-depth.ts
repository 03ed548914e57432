import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import { tableEntries } from './call-order.ts';
import {
  calledFunction,
  calledType,
  type Expression,
  functionsOf,
  kindOf,
  operandsOf,
} from './expressions.ts';

/**
 * Functions that call each other in circles may have so many values of eight bytes on the stack. The other functions may
 * have as many. Together these are 512 KiB, where V8 has 984.
 */
const MAX_VALUES = 32_768;
/** A call takes this besides locals and operands: return address, instance, saved registers. */
const FRAME_VALUES = 16;

const DEPTH = 'call-depth';

interface Callable {
  readonly name: string;
  readonly params: binaryen.Type;
  readonly results: binaryen.Type;
  readonly vars: readonly binaryen.Type[];
  readonly body: Expression;
  /** A call of it puts no more on the stack. */
  readonly values: number;
  readonly callees: ReadonlySet<string>;
}

/**
 * Bounds the stack at the same depth wherever a module runs. V8's own limit depends on how far it has optimised the
 * code. Functions that can come back to themselves, through a table too, are counted as they run. The others take what
 * the deepest chain of them takes, which is known beforehand.
 * @throws EngineError UNSUPPORTED_ABI where that is too much already
 */
export function boundCallDepth(module: binaryen.Module): void {
  const callables = readCallables(module);
  const circular = [...callables.values()].filter((callable) => reaches(callables, callable, callable.name));
  const deepest = deepestChain(callables, new Set(circular));
  if (deepest > MAX_VALUES) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `The engine's calls put up to ${deepest} values on the stack; ${MAX_VALUES} are allowed`,
    );
  }
  module.addGlobal(DEPTH, binaryen.i32, true, module.i32.const(0));
  for (const callable of circular) countCalls(module, callable);
}

function reaches(callables: ReadonlyMap<string, Callable>, from: Callable, name: string): boolean {
  const seen = new Set<string>();
  const open = [...from.callees];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(callables.get(next)?.callees ?? []));
  }
  return false;
}

/** Circular functions count nothing here, so that no circle adds to itself and this comes to an end. */
function deepestChain(callables: ReadonlyMap<string, Callable>, circular: ReadonlySet<Callable>): number {
  const depths = new Map<string, number>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const callable of callables.values()) {
      const below = Math.max(0, ...[...callable.callees].map((name) => depths.get(name) ?? 0));
      const depth = below + (circular.has(callable) ? 0 : callable.values);
      if (depth === depths.get(callable.name)) continue;
      depths.set(callable.name, depth);
      changed = true;
    }
  }
  return Math.max(0, ...depths.values());
}

/** Puts a function that counts in the place of one that can come back to itself. */
function countCalls(module: binaryen.Module, { name, params, results, vars, body, values }: Callable): void {
  const inner = `uncounted-${name}`;
  const types = binaryen.expandType(params);
  const depth = () => module.global.get(DEPTH, binaryen.i32);
  const call = module.call(
    inner,
    types.map((type, index) => module.local.get(index, type)),
    results,
  );
  const hasResult = results !== binaryen.none;
  const leave = module.global.set(DEPTH, module.i32.sub(depth(), module.i32.const(values)));
  const counted = [
    module.global.set(DEPTH, module.i32.add(depth(), module.i32.const(values))),
    module.if(module.i32.gt_s(depth(), module.i32.const(MAX_VALUES)), module.unreachable()),
    ...(hasResult
      ? [module.local.set(types.length, call), leave, module.local.get(types.length, results)]
      : [call, leave]),
  ];
  module.removeFunction(name);
  module.addFunction(inner, params, results, vars, body);
  module.addFunction(name, params, results, hasResult ? [results] : [], module.block(null, counted, results));
}

function readCallables(module: binaryen.Module): ReadonlyMap<string, Callable> {
  const infos = functionsOf(module).map(binaryen.getFunctionInfo);
  const inTables = new Set(tableEntries(module));
  const pointedTo = infos.filter(({ name }) => inTables.has(name));
  const callables = infos.map(({ name, params, results, vars, body }): readonly [string, Callable] => {
    const callees = new Set<string>();
    let computed = 0;
    const height = measure(body, (kind, call) => {
      if (!isAtHand(kind)) computed += slots(binaryen.getExpressionType(call));
      if (kind === 'Call') callees.add(calledFunction(call));
      if (kind === 'CallIndirect') {
        const type = calledType(call);
        const possible = pointedTo.filter((f) => f.params === type.params && f.results === type.results);
        for (const target of possible) callees.add(target.name);
      }
    });
    // The frame counts twice, because a counting function stands before it where it can come back to itself.
    const frame = FRAME_VALUES + slots(params) + slots(results);
    const values = 2 * frame + vars.reduce((sum, type) => sum + slots(type), 0) + height + computed;
    return [name, { name, params, results, vars, body, values, callees }];
  });
  return new Map(callables);
}

/**
 * Says whether an expression's value needs no register and no place on the stack. V8 may use one for every other value:
 * where a function computes a thing twice, its optimising compiler keeps the first result until then.
 */
function isAtHand(kind: string): boolean {
  return kind === 'LocalGet' || kind === 'Const' || kind === 'Block';
}

/** Shows `visit` every expression. The answer is how many values they may have on the stack at once. */
function measure(expression: Expression, visit: (kind: string, expression: Expression) => void): number {
  const kind = kindOf(expression);
  visit(kind, expression);
  let waiting = 0;
  let highest = 0;
  for (const operand of operandsOf(expression, kind)) {
    highest = Math.max(highest, waiting + measure(operand, visit));
    // The parts of a block follow each other. The operands of everything else wait for each other.
    if (kind !== 'Block') waiting += slots(binaryen.getExpressionType(operand));
  }
  return Math.max(highest, slots(binaryen.getExpressionType(expression)));
}

/** Counts in units of eight bytes. */
function slots(type: binaryen.Type): number {
  return binaryen.expandType(type).reduce((sum, part) => sum + (part === binaryen.v128 ? 2 : 1), 0);
}
