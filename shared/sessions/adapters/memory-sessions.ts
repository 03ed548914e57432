import { isDeepStrictEqual } from 'node:util';
import { FaultError } from '../../foundation/errors.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import type { SessionId } from '../../foundation/ids.ts';

/** Keeps sessions in one process, for tests of the code that needs them. */
export class MemorySessions implements Sessions {
  readonly #sessions = new Map<string, Session>();

  async get(sessionId: SessionId): Promise<Session | undefined> {
    return this.#sessions.get(sessionId);
  }

  async create(session: Session): Promise<void> {
    const known = this.#sessions.get(session.sessionId);
    if (known && !isDeepStrictEqual(known, session)) {
      throw new FaultError('INTERNAL_ERROR', 'A new session has the id of another');
    }
    this.#sessions.set(session.sessionId, session);
  }

  async revoke(sessionId: SessionId, atMs: number): Promise<boolean> {
    const session = this.#sessions.get(sessionId);
    if (!session) return false;
    this.#sessions.set(sessionId, { ...session, revokedAtMs: session.revokedAtMs ?? atMs });
    return true;
  }
}
