import { createHash } from 'node:crypto';
import { AccessError } from '../foundation/errors.ts';
import type { Operator } from './operator.ts';
import type { Operators } from './operators.ts';

/** Makes the stored form of an operator key: SHA-256 in hex. A key has 32 characters or more and needs no slow hash. */
export function operatorKeyHash(operatorKey: string): string {
  return createHash('sha256').update(operatorKey).digest('hex');
}

/** @throws AccessError INVALID_OPERATOR_KEY */
export async function operatorByKey(operators: Operators, operatorKey: string): Promise<Operator> {
  const operator = await operators.operatorByKey(operatorKeyHash(operatorKey));
  if (!operator) throw new AccessError('INVALID_OPERATOR_KEY', 'The operator key is not known');
  return operator;
}

/** @throws AccessError MISSING_CREDENTIALS, INVALID_OPERATOR_KEY */
export async function identifyOperator(
  operators: Operators,
  operatorKey: string | undefined,
): Promise<Operator> {
  if (operatorKey === undefined) throw new AccessError('MISSING_CREDENTIALS', 'Send X-Operator-Key');
  return operatorByKey(operators, operatorKey);
}
