import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';

/** An expression of a module that binaryen has read. */
export type Expression = number;

/**
 * Lists every kind of expression that an engine may contain, with its operands by binaryen's names. A star marks a list.
 * All others are refused: threads, exceptions, tail calls, references, garbage collection, tables that change, and
 * whatever WebAssembly learns later.
 */
const operands: Readonly<Record<string, readonly string[]>> = {
  Nop: [],
  Unreachable: [],
  Const: [],
  LocalGet: [],
  GlobalGet: [],
  MemorySize: [],
  DataDrop: [],
  Block: ['Child*'],
  Loop: ['Body'],
  If: ['Condition', 'IfTrue', 'IfFalse'],
  Break: ['Condition', 'Value'],
  Switch: ['Condition', 'Value'],
  Call: ['Operand*'],
  CallIndirect: ['Operand*', 'Target'],
  LocalSet: ['Value'],
  GlobalSet: ['Value'],
  Load: ['Ptr'],
  Store: ['Ptr', 'Value'],
  Unary: ['Value'],
  Binary: ['Left', 'Right'],
  Select: ['Condition', 'IfTrue', 'IfFalse'],
  Drop: ['Value'],
  Return: ['Value'],
  MemoryGrow: ['Delta'],
  MemoryInit: ['Dest', 'Offset', 'Size'],
  MemoryCopy: ['Dest', 'Source', 'Size'],
  MemoryFill: ['Dest', 'Value', 'Size'],
  SIMDExtract: ['Vec'],
  SIMDReplace: ['Vec', 'Value'],
  SIMDShuffle: ['Left', 'Right'],
  SIMDTernary: ['A', 'B', 'C'],
  SIMDShift: ['Vec', 'Shift'],
  SIMDLoad: ['Ptr'],
  SIMDLoadStoreLane: ['Ptr', 'Vec'],
  TupleMake: ['Operand*'],
  TupleExtract: ['Tuple'],
};

type Accessors = Readonly<Record<string, (expression: Expression, ...more: number[]) => number>>;
// The package's types leave out the classes that it exports.
const library = binaryen as unknown as Readonly<Record<string, Accessors>> & Readonly<Record<string, number>>;
const names = new Map(Object.keys(operands).map((name) => [library[`${name}Id`] as unknown as number, name]));

/**
 * Gives binaryen's name of an expression's kind. @throws EngineError UNSUPPORTED_ABI where engines may not contain it
 */
export function kindOf(expression: Expression): string {
  const id = binaryen.getExpressionId(expression);
  const name = names.get(id);
  if (name === undefined) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      `The engine uses an instruction that engines may not (kind ${id})`,
    );
  }
  return name;
}

/** Replaces each operand in place by what `replace` makes of it. `name` is binaryen's name of the operand. */
export function replaceOperands(
  expression: Expression,
  kind: string,
  replace: (operand: Expression, name: string) => Expression,
): void {
  for (const operand of operands[kind] ?? []) {
    if (operand.endsWith('*')) replaceList(expression, kind, operand.slice(0, -1), replace);
    else replaceOne(expression, kind, operand, replace);
  }
}

/** Lists the operands in the order in which they are evaluated. */
export function operandsOf(expression: Expression, kind: string): Expression[] {
  const found: Expression[] = [];
  replaceOperands(expression, kind, (operand) => {
    found.push(operand);
    return operand;
  });
  return found;
}

type Replace = (operand: Expression, name: string) => Expression;

function replaceOne(expression: Expression, kind: string, name: string, replace: Replace): void {
  const before = access(kind, `get${name}`)(expression);
  // An operand that may be left out, such as the value of a break, is 0.
  if (before === 0) return;
  const after = replace(before, name);
  if (after !== before) access(kind, `set${name}`)(expression, after);
}

function replaceList(expression: Expression, kind: string, name: string, replace: Replace): void {
  const count = access(kind, name === 'Child' ? 'getNumChildren' : `getNum${name}s`)(expression);
  for (let index = 0; index < count; index++) {
    const before = access(kind, `get${name}At`)(expression, index);
    const after = replace(before, name);
    if (after !== before) access(kind, `set${name}At`)(expression, index, after);
  }
}

function access(kind: string, accessor: string): (expression: Expression, ...more: number[]) => number {
  const found = library[kind]?.[accessor];
  if (found === undefined) throw new Error(`binaryen has no ${kind}.${accessor}`);
  return found;
}

export function functionsOf(module: binaryen.Module): number[] {
  return Array.from({ length: module.getNumFunctions() }, (_, index) => module.getFunctionByIndex(index));
}

/** Adds a function and exports it under its own name. */
export function addExport(
  module: binaryen.Module,
  name: string,
  params: binaryen.Type,
  results: binaryen.Type,
  body: Expression,
): void {
  module.addFunction(name, params, results, [], body);
  module.addFunctionExport(name, name);
}

/**
 * Gives binaryen's number of an expression's operation within its kind. It is -1 where the kind has only one operation.
 */
export function operationOf(kind: string, expression: Expression): number {
  return library[kind]?.['getOp']?.(expression) ?? -1;
}

/** Gives the local that a `LocalSet` sets. */
export function assignedLocal(expression: Expression): number {
  return access('LocalSet', 'getIndex')(expression);
}

/** Gives the name of the function that a call calls. */
export function calledFunction(call: Expression): string {
  return access('Call', 'getTarget')(call) as unknown as string;
}

/** Gives the type of what a call through a table calls. */
export function calledType(call: Expression): {
  readonly params: binaryen.Type;
  readonly results: binaryen.Type;
} {
  return {
    params: access('CallIndirect', 'getParams')(call),
    results: access('CallIndirect', 'getResults')(call),
  };
}

/** Adds a local to a function, and answers its number. */
export function addLocal(handle: number, type: binaryen.Type): number {
  return (library['_BinaryenFunctionAddVar'] as unknown as (handle: number, type: number) => number)(
    handle,
    type,
  );
}

/** Gives the value that a `Return` returns, or 0 where there is none. */
export function returnedValue(expression: Expression): Expression {
  return access('Return', 'getValue')(expression);
}

/** Gives the number of a constant. It is undefined where an expression is none. */
export function constantOf(expression: Expression, kind: string): number | undefined {
  return kind === 'Const' ? access('Const', 'getValueI32')(expression) : undefined;
}

export function setBody(handle: number, body: Expression): void {
  access('Function', 'setBody')(handle, body);
}
