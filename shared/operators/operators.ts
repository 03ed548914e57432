import { MissingError } from '../foundation/errors.ts';
import type { Operator } from './operator.ts';

/** Operators as they are configured. A read may be some seconds old. */
export interface Operators {
  operator(operatorId: string): Promise<Operator | undefined>;
  /** `keyHash`: SHA-256 of the key, hex; the key itself is nowhere stored. */
  operatorByKey(keyHash: string): Promise<Operator | undefined>;
}

/** @throws MissingError UNKNOWN_OPERATOR */
export async function knownOperator(
  operators: Pick<Operators, 'operator'>,
  operatorId: string,
): Promise<Operator> {
  const operator = await operators.operator(operatorId);
  if (!operator) throw new MissingError('UNKNOWN_OPERATOR', `There is no operator ${operatorId}`);
  return operator;
}
