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
  /** Freezes a log. A log that is frozen already keeps its first reason. */
  freeze(logHash: string, reason: string): Promise<void>;
  find(logHash: string): Promise<Freeze | undefined>;
  /**
   * Lets a log be played again. @param by names the person who has looked at it
   * @returns the freeze that is over, or undefined where the log is not frozen
   */
  release(logHash: string, by: string): Promise<Freeze | undefined>;
}

/** A change of a freeze in the table. The MAC of each freeze has been checked, and a wrong one makes it unreadable. */
export interface FreezeChange {
  readonly before: Freeze | undefined;
  readonly after: Freeze | 'unreadable' | undefined;
}

const MAX_REASON_LENGTH = 1_000;

/**
 * Judges a change of a freeze. The log is frozen again for what this returns, so the first reason stays in front of it.
 * @returns undefined where the change is one of the product's own
 */
export function freezeViolationOf(change: FreezeChange): string | undefined {
  const violation = violationIn(change);
  const { before } = change;
  if (violation === undefined || !before || before.released) return violation;
  return `${before.reason}; then: ${violation}`.slice(0, MAX_REASON_LENGTH);
}

function violationIn({ before, after }: FreezeChange): string | undefined {
  if (after === 'unreadable') return 'The freeze of a log was forged';
  if (!before) return undefined;
  if (!after) return before.released ? undefined : 'The freeze of a log was deleted';
  const isSame = before.freezeId === after.freezeId;
  const isRelease = isSame && !before.released && after.released !== undefined;
  const isNewFreeze = !isSame && before.released !== undefined && !after.released;
  return isRelease || isNewFreeze ? undefined : 'The freeze of a log was changed';
}
