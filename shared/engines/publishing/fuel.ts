import binaryen from 'binaryen';
import { callOrder } from './call-order.ts';
import { addExport, type Expression } from './expressions.ts';
import {
  BYTES_PER_UNIT_LOG2,
  CHARGED_BYTES,
  CHARGED_GROW,
  charge,
  FUEL,
  FunctionMeter,
  type Metered,
} from './function-meter.ts';

/** Asking for memory takes V8 as long, even for none. Each page of it takes about half as long. */
const GROW_UNITS = 2_000n;
const UNITS_PER_PAGE_LOG2 = 10n;
const OUT_OF_MEMORY = 'out-of-memory';

/**
 * Adds the fuel to a module and charges for all that runs, at the head of each loop and at the entry of a function. Each
 * instruction up to the next loop costs one unit, and some units where it uses memory. A short function without a loop
 * is paid for by those that call it. An endless run needs a loop or a function that pays for itself each time.
 */
export function injectFuel(module: binaryen.Module): void {
  const { handles, calledFromElsewhere } = callOrder(module);
  const metered = new Map<string, Metered>();
  for (const handle of handles) {
    const { name } = binaryen.getFunctionInfo(handle);
    metered.set(name, new FunctionMeter(module, handle, metered).meter(calledFromElsewhere.has(name)));
  }
  addFuel(module);
  addChargedBytes(module);
  addChargedGrow(module);
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
  const cost = () => module.i64.shr_u(module.i64.extend_u(bytes()), i64(module, BigInt(BYTES_PER_UNIT_LOG2)));
  module.addFunction(
    CHARGED_BYTES,
    i32,
    i32,
    [],
    module.block(null, [...charge(module, cost), bytes()], i32),
  );
}

/** No engine goes on without the memory that it asked for. It may not find out whether there is some. */
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
