import type { AccountedRound } from '../domain/reconciliation.ts';

export interface ArchivedPeriod {
  readonly operatorId: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** Files that were written later are not read; for an archive that keeps up, or has long caught up. */
  readonly writtenBeforeMs: number;
}

/** The reading side of the audit trail. */
export interface ArchivedRounds {
  /**
   * The rounds of an operator that ended in the period, a file at a time, in no order; a round may come twice, since
   * the archive is written at least once. @throws FaultError CORRUPT_RECORD; DependencyError SERVICE_UNAVAILABLE
   */
  ended(period: ArchivedPeriod): AsyncIterable<readonly AccountedRound[]>;
}
