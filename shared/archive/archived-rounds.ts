import type { AccountedRound } from '../rounds/accounted-round.ts';

export interface ArchivedPeriod {
  readonly operatorId: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** The reading side of the audit trail. */
export interface ArchivedRounds {
  /**
   * The names of all files that may hold rounds of an operator that ended in the period, in no order. They come in
   * parts, as they are listed; a part may be empty. @throws DependencyError SERVICE_UNAVAILABLE
   */
  files(period: ArchivedPeriod): AsyncIterable<readonly string[]>;
  /**
   * The rounds of a file, which need not all be of the period. A round may be in two files, since the archive is written
   * at least once. @throws FaultError CORRUPT_RECORD; DependencyError SERVICE_UNAVAILABLE
   */
  read(file: string): Promise<readonly AccountedRound[]>;
}
