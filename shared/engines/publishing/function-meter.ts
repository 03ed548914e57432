import binaryen from 'binaryen';
import {
  addLocal,
  calledFunction,
  constantOf,
  type Expression,
  kindOf,
  operandsOf,
  replaceOperands,
  returnedValue,
  setBody,
} from './expressions.ts';

/** This is a name inside of the module. The module's own are numbers, because its name section has been dropped. */
export const FUEL = 'fuel';
export const CHARGED_BYTES = 'charged-bytes';
export const CHARGED_GROW = 'charged-grow';
const EXIT = 'fuel-exit';

/** Bulk memory moves about 8 bytes in the time of one instruction. */
export const BYTES_PER_UNIT_LOG2 = 3;
/** Memory is slower than all else where it is not in a cache. */
const MEMORY_UNITS = 4;
const MEMORY_KINDS: ReadonlySet<string> = new Set(['Load', 'Store', 'SIMDLoad', 'SIMDLoadStoreLane']);
/**
 * A longer function is dear where it is called but not always reached. Its own charge is cheap beside the rest of it.
 */
const MAX_PREPAID_UNITS = 500;
const MAX_PREPAID_BYTES = 4_096;

/** The callers of a function need to know this about it. */
export interface Metered {
  /** The callers pay this for it. It is 0 where it pays for itself. */
  readonly prepaidUnits: number;
  /** It is true where the function, or one that it calls, reads or writes the counter. */
  readonly usesCounter: boolean;
}

/** Straight code that one charge pays for, whichever of its branches are taken. */
interface Region {
  units: number;
}

/**
 * Charges one function. Where it has a loop, the counter is in a local as long as no other function uses it. An engine's
 * compiler keeps locals in registers, and globals in memory.
 */
export class FunctionMeter {
  readonly #module: binaryen.Module;
  readonly #handle: number;
  readonly #others: ReadonlyMap<string, Metered>;
  readonly #spares = new Map<binaryen.Type, number>();
  #counter: number | undefined;
  #usesCounter = false;

  /** @param others are the functions that have been charged before; only those of a circle may be missing */
  constructor(module: binaryen.Module, handle: number, others: ReadonlyMap<string, Metered>) {
    this.#module = module;
    this.#handle = handle;
    this.#others = others;
  }

  /** @param calledFromElsewhere is true where a caller has not paid for it */
  meter(calledFromElsewhere: boolean): Metered {
    const { body } = binaryen.getFunctionInfo(this.#handle);
    if (hasLoop(body)) this.#counter = addLocal(this.#handle, binaryen.i64);
    const entry: Region = { units: 1 };
    const charged = this.#charged(body, entry);
    if (this.#counter !== undefined) {
      setBody(this.#handle, this.#withCounterInLocal(this.#counter, entry, charged));
      return { prepaidUnits: 0, usesCounter: true };
    }
    if (calledFromElsewhere || entry.units > MAX_PREPAID_UNITS) {
      const type = binaryen.getExpressionType(charged);
      setBody(
        this.#handle,
        this.#module.block(
          null,
          [...charge(this.#module, () => i64(this.#module, entry.units)), charged],
          type,
        ),
      );
      return { prepaidUnits: 0, usesCounter: true };
    }
    setBody(this.#handle, charged);
    return { prepaidUnits: entry.units, usesCounter: this.#usesCounter };
  }

  #charged(expression: Expression, region: Region): Expression {
    const kind = kindOf(expression);
    const inside = kind === 'Loop' ? { units: 0 } : region;
    if (kind !== 'Block' && kind !== 'Nop') inside.units += MEMORY_KINDS.has(kind) ? MEMORY_UNITS : 1;
    replaceOperands(expression, kind, (operand, name) => {
      const inner = this.#charged(operand, inside);
      if (kind === 'Loop') return this.#behindCharge(inside, inner);
      return name === 'Size' ? this.#chargedSize(inner, region) : inner;
    });
    switch (kind) {
      case 'Call':
        return this.#chargedCall(expression, region);
      case 'CallIndirect':
        return this.#withCounterShared(expression, kind);
      case 'MemoryGrow':
        return this.#charging(CHARGED_GROW, operandsOf(expression, kind)[0] as Expression);
      case 'Return':
        return this.#counter === undefined ? expression : this.#module.br(EXIT, 0, returnedValue(expression));
      default:
        return expression;
    }
  }

  /** A loop is only in functions that have the counter in a local. */
  #behindCharge(region: Region, body: Expression): Expression {
    const type = binaryen.getExpressionType(body);
    return this.#module.block(null, [this.#chargeLocal(this.#counter as number, region), body], type);
  }

  #chargedSize(size: Expression, region: Region): Expression {
    const bytes = constantOf(size, kindOf(size));
    if (bytes === undefined || bytes < 0 || bytes > MAX_PREPAID_BYTES)
      return this.#charging(CHARGED_BYTES, size);
    region.units += bytes >> BYTES_PER_UNIT_LOG2;
    return size;
  }

  #chargedCall(call: Expression, region: Region): Expression {
    const callee = this.#others.get(calledFunction(call));
    region.units += callee?.prepaidUnits ?? 0;
    return callee?.usesCounter === false ? call : this.#withCounterShared(call, 'Call');
  }

  /** Calls a function that charges for its operand. */
  #charging(name: string, operand: Expression): Expression {
    return this.#withCounterShared(this.#module.call(name, [operand], binaryen.i32), 'Call');
  }

  /** Writes the counter just before a call, when its operands have been evaluated, and reads it again after it. */
  #withCounterShared(call: Expression, kind: string): Expression {
    this.#usesCounter = true;
    const counter = this.#counter;
    if (counter === undefined) return call;
    const write = () => this.#write(counter);
    const last = operandsOf(call, kind).at(-1);
    replaceOperands(call, kind, (operand) =>
      operand === last ? this.#followedBy(operand, write()) : operand,
    );
    const read = this.#module.local.set(counter, this.#module.global.get(FUEL, binaryen.i64));
    const called = this.#followedBy(call, read);
    return last === undefined
      ? this.#module.block(null, [write(), called], binaryen.getExpressionType(called))
      : called;
  }

  /** Evaluates an expression, and does `then` before its value is used. */
  #followedBy(value: Expression, then: Expression): Expression {
    const type = binaryen.getExpressionType(value);
    if (type === binaryen.unreachable) return value;
    if (type === binaryen.none) return this.#module.block(null, [value, then], type);
    const spare = this.#spare(type);
    const { local } = this.#module;
    return this.#module.block(null, [local.set(spare, value), then, local.get(spare, type)], type);
  }

  #spare(type: binaryen.Type): number {
    const spare = this.#spares.get(type) ?? addLocal(this.#handle, type);
    this.#spares.set(type, spare);
    return spare;
  }

  #withCounterInLocal(counter: number, entry: Region, body: Expression): Expression {
    const module = this.#module;
    const { results } = binaryen.getFunctionInfo(this.#handle);
    const read = module.local.set(counter, module.global.get(FUEL, binaryen.i64));
    const exit = this.#followedBy(module.block(EXIT, [body], results), this.#write(counter));
    return module.block(null, [read, this.#chargeLocal(counter, entry), exit], results);
  }

  #write(counter: number): Expression {
    return this.#module.global.set(FUEL, this.#module.local.get(counter, binaryen.i64));
  }

  #chargeLocal(counter: number, { units }: Region): Expression {
    const module = this.#module;
    const left = module.i64.sub(module.local.get(counter, binaryen.i64), i64(module, units));
    const isShort = module.i64.lt_s(module.local.tee(counter, left, binaryen.i64), i64(module, 0));
    return module.if(isShort, outOfFuel(module));
  }
}

/** The fuel is read once, before it is written. Engines' compilers then keep it in a register between. */
export function charge(module: binaryen.Module, cost: () => Expression): Expression[] {
  const fuel = () => module.global.get(FUEL, binaryen.i64);
  return [
    module.if(module.i64.lt_s(fuel(), cost()), outOfFuel(module)),
    module.global.set(FUEL, module.i64.sub(fuel(), cost())),
  ];
}

/** A value below zero tells the host why the engine trapped. */
function outOfFuel(module: binaryen.Module): Expression {
  return module.block(null, [module.global.set(FUEL, i64(module, -1)), module.unreachable()]);
}

function hasLoop(expression: Expression): boolean {
  const kind = kindOf(expression);
  return kind === 'Loop' || operandsOf(expression, kind).some(hasLoop);
}

function i64(module: binaryen.Module, value: number): Expression {
  return module.i64.const(BigInt(value));
}
