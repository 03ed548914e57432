import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import {
  type Expression,
  functionsOf,
  kindOf,
  operationOf,
  replaceOperands,
  setBody,
} from './expressions.ts';

const CANONICAL_32 = 'canonical-f32';
const CANONICAL_64 = 'canonical-f64';

const UNARY = /^(?:Splat|Abs|Neg|Sqrt|Ceil|Floor|Trunc|Nearest|Convert|Demote|Promote)\w*(?:F32x4|F64x2)/;
const BINARY = /^(?:Eq|Ne|Lt|Gt|Le|Ge|Add|Sub|Mul|Div|P?Min|P?Max)VecF(?:32x4|64x2)$/;
/**
 * These operations compute with floats in vectors. They are listed by kind, because each kind has numbers of its own.
 */
const vectorFloats: Readonly<Record<string, ReadonlySet<number>>> = {
  Unary: operations(UNARY),
  Binary: operations(BINARY),
  SIMDExtract: operations(/^ExtractLaneVecF/),
  SIMDReplace: operations(/^ReplaceLaneVecF/),
};

const reinterpretations = operations(/^ReinterpretFloat/);
const copiesOfSigns = operations(/^CopySignFloat/);

function operations(named: RegExp): ReadonlySet<number> {
  return new Set(Object.entries(binaryen).flatMap(([name, id]) => (named.test(name) ? [id as number] : [])));
}

/**
 * Lets no engine see the bits of a NaN. The processor decides them, and what the compiler makes of the code (WebAssembly
 * 2.0, 4.3.3). An engine that saw them could answer two things to one question. Wherever a float becomes bits, a NaN
 * becomes the same one. For floats in vectors that would take a mask for each lane, so they are refused.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function canonicaliseNans(module: binaryen.Module): void {
  for (const handle of functionsOf(module)) {
    setBody(handle, canonicalised(module, binaryen.getFunctionInfo(handle).body));
  }
  const { f32, f64 } = module;
  addCanonical(module, CANONICAL_32, binaryen.f32, f32.const(Number.NaN), (a, b) => f32.ne(a, b));
  addCanonical(module, CANONICAL_64, binaryen.f64, f64.const(Number.NaN), (a, b) => f64.ne(a, b));
}

function canonicalised(module: binaryen.Module, expression: Expression): Expression {
  const kind = kindOf(expression);
  if (vectorFloats[kind]?.has(operationOf(kind, expression))) {
    throw new EngineError('UNSUPPORTED_ABI', 'The engine computes with floats in vectors');
  }
  replaceOperands(expression, kind, (operand, name) => {
    const inner = canonicalised(module, operand);
    return becomesBits(kind, expression, name) ? canonical(module, inner) : inner;
  });
  return expression;
}

/** A float becomes bits where it is stored, read as an integer, or asked for its sign. */
function becomesBits(kind: string, expression: Expression, operand: string): boolean {
  if (kind === 'Store') return operand === 'Value';
  if (kind === 'Unary') return reinterpretations.has(operationOf(kind, expression));
  return kind === 'Binary' && operand === 'Right' && copiesOfSigns.has(operationOf(kind, expression));
}

function canonical(module: binaryen.Module, value: Expression): Expression {
  const type = binaryen.getExpressionType(value);
  if (type === binaryen.f32) return module.call(CANONICAL_32, [value], type);
  return type === binaryen.f64 ? module.call(CANONICAL_64, [value], type) : value;
}

function addCanonical(
  module: binaryen.Module,
  name: string,
  type: binaryen.Type,
  nan: Expression,
  differ: (left: Expression, right: Expression) => Expression,
): void {
  const value = () => module.local.get(0, type);
  module.addFunction(name, type, type, [], module.select(differ(value(), value()), nan, value()));
}
