import { AccessError } from '../foundation/errors.ts';
import { operatorByKey } from '../operators/authenticate-operator.ts';
import type { Operator } from '../operators/operator.ts';
import type { Operators } from '../operators/operators.ts';
import type { Session } from './session.ts';
import { knownSession, type Sessions } from './sessions.ts';
import type { SessionId } from '../foundation/ids.ts';

/** A reader proves who it is by an operator's key or by the id of a session. The id is the player's capability. */
export interface ReaderCredentials {
  readonly operatorKey: string | undefined;
  readonly sessionId: SessionId | undefined;
}

export type Reader =
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'player'; readonly session: Session };

/** @throws AccessError MISSING_CREDENTIALS, INVALID_OPERATOR_KEY; MissingError UNKNOWN_SESSION */
export async function identifyReader(
  ports: { readonly registry: Operators; readonly sessions: Pick<Sessions, 'get'> },
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
  return { kind: 'player', session: await knownSession(ports.sessions, sessionId) };
}
