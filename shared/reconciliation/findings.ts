import type { ArchivedRound } from '../archive/archived-rounds.ts';
import type { OperatorId } from '../foundation/ids.ts';

/** The records of a log can be wrong in these ways only. docs/operations.md says what to do about each. */
export const findingKinds = [
  'CHANGED_RECORD',
  'REPEATED_NUMBER',
  'MISSING_RECORD',
  'UNREADABLE_RECORD',
  'WRONG_MAC',
  'BROKEN_CHAIN',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Where only a wallet names the log, nothing proves that there is such a player or game. */
export interface FindingLog {
  readonly operatorId: OperatorId;
  readonly playerId: string;
  readonly gameCode: string;
}

/** Something is wrong with the records themselves, whatever the wallet's books say. */
export interface Finding {
  readonly kind: FindingKind;
  readonly log: FindingLog;
  readonly firstNumber: number;
  /** It is `firstNumber`, unless several rounds in a row are missing. */
  readonly lastNumber: number;
  /** It is empty where nobody knows the round. */
  readonly roundIds: readonly string[];
  /** The archive's files with the lines that the finding is about. */
  readonly files: readonly string[];
}

type Place = Pick<ArchivedRound, 'number' | 'roundId' | 'file'>;

/** Two lines of one place in a log say different things. */
export function contradiction(log: FindingLog, one: Place, other: Place): Finding {
  const isOneRound = one.roundId === other.roundId;
  return aboutLines(isOneRound ? 'CHANGED_RECORD' : 'REPEATED_NUMBER', log, one, other);
}

/** @param one gives its number to the finding */
export function aboutLines(
  kind: FindingKind,
  log: FindingLog,
  one: Place,
  ...others: readonly Place[]
): Finding {
  const lines = [one, ...others];
  return {
    kind,
    log,
    firstNumber: one.number,
    lastNumber: one.number,
    roundIds: [...new Set(lines.map(({ roundId }) => roundId))],
    files: lines.map(({ file }) => file),
  };
}

/** @param roundIds is empty where nobody knows the rounds */
export function withoutLines(
  kind: FindingKind,
  log: FindingLog,
  [firstNumber, lastNumber]: readonly [number, number],
  roundIds: readonly string[] = [],
): Finding {
  return { kind, log, firstNumber, lastNumber, roundIds, files: [] };
}
