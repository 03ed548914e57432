import { createHash } from 'node:crypto';
import { AccessError, MissingError } from '../domain/errors.ts';
import type { Operator } from '../domain/operator.ts';
import type { Session } from '../domain/session.ts';
import type { Registry } from '../ports/registry.ts';
import type { Sessions } from '../ports/sessions.ts';

/** The form in which an operator's key is stored: SHA-256, hex. Keys are 32 characters or more, so no slow hash is needed. */
export function operatorKeyHash(operatorKey: string): string {
  return createHash('sha256').update(operatorKey, 'utf8').digest('hex');
}

/** @throws AccessError INVALID_OPERATOR_KEY */
export async function operatorByKey(registry: Registry, operatorKey: string): Promise<Operator> {
  const operator = await registry.operatorByKey(operatorKeyHash(operatorKey));
  if (!operator) throw new AccessError('INVALID_OPERATOR_KEY', 'The operator key is not known');
  return operator;
}

/** @throws AccessError MISSING_CREDENTIALS, INVALID_OPERATOR_KEY */
export async function identifyOperator(
  registry: Registry,
  operatorKey: string | undefined,
): Promise<Operator> {
  if (operatorKey === undefined) throw new AccessError('MISSING_CREDENTIALS', 'Send X-Operator-Key');
  return operatorByKey(registry, operatorKey);
}

/** What a reader shows of itself: an operator's key, or the id of a session, which is the player's capability. */
export interface ReaderCredentials {
  readonly operatorKey: string | undefined;
  readonly sessionId: string | undefined;
}

export type Reader =
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'player'; readonly session: Session };

/** @throws AccessError MISSING_CREDENTIALS, INVALID_OPERATOR_KEY; MissingError UNKNOWN_SESSION */
export async function identifyReader(
  ports: { readonly registry: Registry; readonly sessions: Sessions },
  { operatorKey, sessionId }: ReaderCredentials,
): Promise<Reader> {
  if (operatorKey !== undefined) {
    return { kind: 'operator', operator: await operatorByKey(ports.registry, operatorKey) };
  }
  if (sessionId === undefined) {
    throw new AccessError(
      'MISSING_CREDENTIALS',
      'Send X-Operator-Key, or X-Session-Id of the player whose it is',
    );
  }
  const session = await ports.sessions.get(sessionId);
  if (!session) throw new MissingError('UNKNOWN_SESSION', 'There is no such session');
  return { kind: 'player', session };
}
