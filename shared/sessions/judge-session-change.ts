import { isDeepStrictEqual } from 'node:util';
import { type Change, type Violation, wasJustSigned } from '../encryption/judge-signed-change.ts';
import type { Session } from './session.ts';

/**
 * Judges the change of a session, which is opened, may be revoked once, and is deleted by the table when it is over.
 * @param write says when the table was written. With `isExpiry`, the table itself deleted the item at its end
 * @returns undefined where the change is one of the product's own
 */
export function violationOfSession(
  { before, after }: Change<Session>,
  { atMs, isExpiry }: { readonly atMs: number; readonly isExpiry: boolean },
): Violation | undefined {
  if (!after) return isExpiry && before && before.expiresAtMs <= atMs ? undefined : 'DELETED';
  if (!before) return isOpened(after, atMs) ? undefined : 'PUT_BACK';
  if (isDeepStrictEqual(before, after)) return undefined;
  return isRevocation(before, after) ? undefined : 'PUT_BACK';
}

function isOpened({ createdAtMs, revokedAtMs }: Session, atMs: number): boolean {
  return revokedAtMs === undefined && wasJustSigned(createdAtMs, atMs);
}

function isRevocation(before: Session, after: Session): boolean {
  const { revokedAtMs } = after;
  return before.revokedAtMs === undefined && isDeepStrictEqual({ ...before, revokedAtMs }, after);
}
