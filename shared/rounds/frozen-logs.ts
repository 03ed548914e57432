import { BEGUN_BEFORE_MS } from './judge-change.ts';

/** A log that nobody plays on and nothing recovers, until a person has looked at it. */
export interface Freeze {
  readonly logHash: string;
  readonly freezeId: string;
  readonly frozenAtMs: number;
  readonly reason: string;
  /** It is undefined while the log is frozen. */
  readonly released: { readonly atMs: number; readonly by: string } | undefined;
}

export interface FrozenLogs {
  /**
   * Freezes a log. A log that is frozen already keeps its first reason. A freeze that somebody has changed is replaced,
   * because an old one may lie there.
   */
  freeze(logHash: string, reason: string, how?: { readonly isReplaced: boolean }): Promise<void>;
  find(logHash: string): Promise<Freeze | undefined>;
  /**
   * Lets a log be played again.
   * @param by names the person who has looked at it
   * @param freezeId names the freeze that this person has seen
   * @returns the freeze that is over, or undefined where this freeze is not in the table any more
   */
  release(logHash: string, by: string, freezeId: string): Promise<Freeze | undefined>;
}

type StoredFreeze = Freeze | 'unreadable' | undefined;

/** A change of a freeze in the table. The MAC of each freeze has been checked, and a wrong one makes it unreadable. */
export interface FreezeChange {
  readonly before: StoredFreeze;
  readonly after: StoredFreeze;
  readonly atMs: number;
}

const MAX_REASON_LENGTH = 1_000;

/**
 * Judges a change of a freeze. The log is frozen again for what this returns, so the first reason stays in front of it.
 * @returns undefined where the change is one of the product's own
 */
export function freezeViolationOf(change: FreezeChange): string | undefined {
  const violation = violationIn(change);
  const { before } = change;
  if (violation === undefined || !isInForce(before)) return violation;
  return `${before.reason}; then: ${violation}`.slice(0, MAX_REASON_LENGTH);
}

function violationIn({ before, after, atMs }: FreezeChange): string | undefined {
  if (after === 'unreadable') return 'The freeze of a log was forged';
  if (!after) return isReleased(before) ? undefined : 'The freeze of a log was deleted';
  if (isRelease(before, after) || isNewFreeze(before, after, atMs)) return undefined;
  return before ? 'The freeze of a log was changed' : 'An old freeze of a log was put back';
}

function isRelease(before: StoredFreeze, after: Freeze): boolean {
  return isInForce(before) && before.freezeId === after.freezeId && after.released !== undefined;
}

/** The product replaces a freeze that somebody has changed, so a new one may follow any other. */
function isNewFreeze(before: StoredFreeze, after: Freeze, atMs: number): boolean {
  if (after.released || after.frozenAtMs < atMs - BEGUN_BEFORE_MS) return false;
  if (!before || before === 'unreadable') return true;
  return before.freezeId !== after.freezeId && before.frozenAtMs <= after.frozenAtMs;
}

function isInForce(freeze: StoredFreeze): freeze is Freeze {
  return freeze !== undefined && freeze !== 'unreadable' && !freeze.released;
}

function isReleased(freeze: StoredFreeze): boolean {
  return freeze !== undefined && freeze !== 'unreadable' && freeze.released !== undefined;
}
