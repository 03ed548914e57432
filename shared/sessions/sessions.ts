import type { Session } from './session.ts';

export interface Sessions {
  /** Found until some time after its end, so that an expired session can be told from one that never was. */
  get(sessionId: string): Promise<Session | undefined>;
  create(session: Session): Promise<void>;
  /** False where there is no such session; revoking twice keeps the first time. */
  revoke(sessionId: string, atMs: number): Promise<boolean>;
}
