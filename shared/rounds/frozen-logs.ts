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

/** A change of a freeze in the table. The MACs of both images have been checked. */
export interface FreezeChange {
  readonly before: Freeze | undefined;
  readonly after: Freeze | undefined;
}

/** @returns undefined where the change is one of the product's own */
export function freezeViolationOf({ before, after }: FreezeChange): string | undefined {
  if (!before) return undefined;
  if (!after) return before.released ? undefined : 'The freeze of a log was deleted';
  const isSame = before.freezeId === after.freezeId;
  const isRelease = isSame && !before.released && after.released !== undefined;
  const isNewFreeze = !isSame && before.released !== undefined && !after.released;
  return isRelease || isNewFreeze ? undefined : 'The freeze of a log was changed';
}
