import binaryen from 'binaryen';
import { addExport, type Expression, functionsOf, kindOf, replaceOperands, setBody } from './expressions.ts';

/** Bulk memory moves about 8 bytes in the time of one instruction. */
const BYTES_PER_UNIT_LOG2 = 3n;
/** Asking for memory takes V8 as long, even for none, and each page of it about half as long. */
const GROW_UNITS = 2_000n;
const UNITS_PER_PAGE_LOG2 = 10n;
/** Memory is slower than all else where it is not in a cache. */
const MEMORY_UNITS = 4;
const MEMORY_KINDS: ReadonlySet<string> = new Set(['Load', 'Store', 'SIMDLoad', 'SIMDLoadStoreLane']);

/** Names inside of the module; its own are numbers, because its name section has been dropped. */
const FUEL = 'fuel';
const OUT_OF_MEMORY = 'out-of-memory';
const CHARGED_BYTES = 'charged-bytes';
const CHARGED_GROW = 'charged-grow';

/** Straight code that one charge pays for, whichever of its branches are taken. */
interface Region {
  units: number;
}

/**
 * Adds the fuel to a module and charges every function for it: at its entry and at the head of each of its loops, one
 * unit for each instruction up to the next loop, and some for those that use memory. What never ends comes by one of these without end.
 */
export function injectFuel(module: binaryen.Module): void {
  for (const handle of functionsOf(module)) {
    const entry: Region = { units: 1 };
    const body = charged(module, binaryen.getFunctionInfo(handle).body, entry);
    setBody(handle, behindCharge(module, entry, body));
  }
  addFuel(module);
  addChargedBytes(module);
  addChargedGrow(module);
}

function charged(module: binaryen.Module, expression: Expression, region: Region): Expression {
  const kind = kindOf(expression);
  const inside = kind === 'Loop' ? { units: 0 } : region;
  if (kind !== 'Block' && kind !== 'Nop') inside.units += MEMORY_KINDS.has(kind) ? MEMORY_UNITS : 1;
  let replacement = expression;
  replaceOperands(expression, kind, (operand, name) => {
    const inner = charged(module, operand, inside);
    if (kind === 'Loop') return behindCharge(module, inside, inner);
    if (kind === 'MemoryGrow') replacement = module.call(CHARGED_GROW, [inner], binaryen.i32);
    return name === 'Size' ? module.call(CHARGED_BYTES, [inner], binaryen.i32) : inner;
  });
  return replacement;
}

function behindCharge(module: binaryen.Module, region: Region, body: Expression): Expression {
  const type = binaryen.getExpressionType(body);
  return module.block(null, [...charge(module, () => i64(module, BigInt(region.units))), body], type);
}

/** The fuel is read once, before it is written: engines' compilers then keep it in a register between. */
function charge(module: binaryen.Module, cost: () => Expression): Expression[] {
  const fuel = () => module.global.get(FUEL, binaryen.i64);
  const outOfFuel = module.block(null, [
    // Below zero tells the host why the engine trapped.
    module.global.set(FUEL, i64(module, -1n)),
    module.unreachable(),
  ]);
  return [
    module.if(module.i64.lt_s(fuel(), cost()), outOfFuel),
    module.global.set(FUEL, module.i64.sub(fuel(), cost())),
  ];
}

function addFuel(module: binaryen.Module): void {
  const { i64: long, none } = binaryen;
  module.addGlobal(FUEL, long, true, i64(module, 0n));
  addExport(module, 'rgs_fuel_set', long, none, module.global.set(FUEL, module.local.get(0, long)));
  addExport(module, 'rgs_fuel_left', none, long, module.global.get(FUEL, long));
}

function addChargedBytes(module: binaryen.Module): void {
  const { i32 } = binaryen;
  const bytes = () => module.local.get(0, i32);
  const cost = () => module.i64.shr_u(module.i64.extend_u(bytes()), i64(module, BYTES_PER_UNIT_LOG2));
  module.addFunction(
    CHARGED_BYTES,
    i32,
    i32,
    [],
    module.block(null, [...charge(module, cost), bytes()], i32),
  );
}

/** No engine goes on without the memory that it asked for: whether there is some is not its own to know. */
function addChargedGrow(module: binaryen.Module): void {
  const { i32, none } = binaryen;
  const [pages, before] = [() => module.local.get(0, i32), () => module.local.get(1, i32)];
  const cost = () =>
    module.i64.add(
      module.i64.shl(module.i64.extend_u(pages()), i64(module, UNITS_PER_PAGE_LOG2)),
      i64(module, GROW_UNITS),
    );
  const refused = module.block(null, [
    module.global.set(OUT_OF_MEMORY, module.i32.const(1)),
    module.unreachable(),
  ]);
  const body = [
    ...charge(module, cost),
    module.local.set(1, module.memory.grow(pages())),
    module.if(module.i32.eq(before(), module.i32.const(-1)), refused),
    before(),
  ];
  module.addGlobal(OUT_OF_MEMORY, i32, true, module.i32.const(0));
  module.addFunction(CHARGED_GROW, i32, i32, [i32], module.block(null, body, i32));
  addExport(module, 'rgs_out_of_memory', none, i32, module.global.get(OUT_OF_MEMORY, i32));
}

function i64(module: binaryen.Module, value: bigint): Expression {
  return module.i64.const(value);
}
