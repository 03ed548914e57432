import { MissingError } from '../foundation/errors.ts';
import type { Operator } from './operator.ts';
import type { OperatorId } from '../foundation/ids.ts';

/** Reads the operators as they are configured. A read may be some seconds old. */
export interface Operators {
  operator(operatorId: OperatorId): Promise<Operator | undefined>;
  /** `keyHash` is the SHA-256 of the key, in hex. The key itself is stored nowhere. */
  operatorByKey(keyHash: string): Promise<Operator | undefined>;
}

/** @throws MissingError UNKNOWN_OPERATOR */
export async function knownOperator(
  operators: Pick<Operators, 'operator'>,
  operatorId: OperatorId,
): Promise<Operator> {
  const operator = await operators.operator(operatorId);
  if (!operator) throw new MissingError('UNKNOWN_OPERATOR', `There is no operator ${operatorId}`);
  return operator;
}
