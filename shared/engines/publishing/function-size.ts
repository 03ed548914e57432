import binaryen from 'binaryen';
import { EngineError } from '../../foundation/errors.ts';
import { assignedLocal, type Expression, functionsOf, kindOf, operandsOf } from './expressions.ts';

const MAX_LOCALS = 2_000;
const MAX_EXPRESSIONS = 50_000;
const MAX_NESTING = 500;
/** A compiler merges each local that a loop assigns at its head, for each loop that holds the assignment. */
const MAX_MERGES = 100_000;

interface Size {
  expressions: number;
  nesting: number;
  merges: number;
}

/**
 * Refuses functions that take V8's optimising compiler gigabytes or seconds. It works beside the game, bounded by no
 * fuel. The largest function of the games here has 32 locals, 2,120 expressions, 61 levels and 52 merges.
 * @throws EngineError UNSUPPORTED_ABI
 */
export function checkFunctionSizes(module: binaryen.Module): void {
  for (const handle of functionsOf(module)) {
    const { params, vars, body } = binaryen.getFunctionInfo(handle);
    const locals = binaryen.expandType(params).length + vars.length;
    const size = { expressions: 0, nesting: 0, merges: 0 };
    measure(body, size, 1);
    const fits =
      locals <= MAX_LOCALS &&
      size.expressions <= MAX_EXPRESSIONS &&
      size.nesting <= MAX_NESTING &&
      size.merges <= MAX_MERGES;
    if (!fits) {
      const { expressions, nesting, merges } = size;
      throw new EngineError(
        'UNSUPPORTED_ABI',
        `A function of the engine is too large to be compiled while players wait: ${locals} locals, ${expressions} expressions, ${nesting} levels, ${merges} assignments in loops`,
      );
    }
  }
}

/** Answers the locals that are assigned in an expression. */
function measure(expression: Expression, size: Size, nesting: number): ReadonlySet<number> {
  const kind = kindOf(expression);
  const assigned = new Set<number>();
  size.expressions += 1;
  size.nesting = Math.max(size.nesting, nesting);
  if (size.expressions > MAX_EXPRESSIONS || size.nesting > MAX_NESTING) return assigned;
  if (kind === 'LocalSet') assigned.add(assignedLocal(expression));
  for (const operand of operandsOf(expression, kind)) {
    for (const local of measure(operand, size, nesting + 1)) assigned.add(local);
  }
  if (kind === 'Loop') size.merges += assigned.size;
  return assigned;
}
