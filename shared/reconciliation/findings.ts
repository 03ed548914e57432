import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { RoundLog } from '../foundation/ids.ts';

/** The records of a log can be wrong in these ways only. docs/operations.md says what to do about each. */
export const findingKinds = ['CHANGED_RECORD', 'REPEATED_NUMBER', 'MISSING_RECORD'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Something is wrong with the archive itself, whatever the wallet's books say. */
export interface Finding {
  readonly kind: FindingKind;
  readonly log: RoundLog;
  readonly firstNumber: number;
  /** It is `firstNumber`, unless several rounds in a row are missing. */
  readonly lastNumber: number;
  /** It is empty where nobody knows the round. */
  readonly roundIds: readonly string[];
  /** The archive's files with the lines that contradict each other. */
  readonly files: readonly string[];
}

/** Two lines of one place in a log say different things. */
export function contradiction(
  log: RoundLog,
  one: Pick<ArchivedRound, 'number' | 'roundId' | 'file'>,
  other: Pick<ArchivedRound, 'roundId' | 'file'>,
): Finding {
  const isOneRound = one.roundId === other.roundId;
  return {
    kind: isOneRound ? 'CHANGED_RECORD' : 'REPEATED_NUMBER',
    log,
    firstNumber: one.number,
    lastNumber: one.number,
    roundIds: isOneRound ? [one.roundId] : [one.roundId, other.roundId],
    files: [one.file, other.file],
  };
}

export function missing(
  log: RoundLog,
  firstNumber: number,
  lastNumber: number,
  roundIds: readonly string[] = [],
): Finding {
  return { kind: 'MISSING_RECORD', log, firstNumber, lastNumber, roundIds, files: [] };
}
