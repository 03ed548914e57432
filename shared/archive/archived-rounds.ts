import type { AccountedRound } from '../rounds/accounted-round.ts';
import type { GameCode, OperatorId } from '../foundation/ids.ts';

export interface ArchivedPeriod {
  readonly operatorId: OperatorId;
  readonly fromMs: number;
  /** This end is exclusive. */
  readonly toMs: number;
}

/** A line of the archive, with what matters to reconciliation. */
export interface ArchivedRound extends AccountedRound {
  readonly gameCode: GameCode;
  readonly number: number;
  /** The line is in this file. */
  readonly file: string;
  /** Two lines with the same hash are the same, byte for byte. It is a part of the SHA-256. */
  readonly lineHash: string;
  /** The MACs of the intents of this round and of the one before it, in base64, as the line has them. */
  readonly intentMac: string;
  readonly previousIntentMac: string;
  /** The MAC of the round's final state, in base64, as the line has it. */
  readonly mac: string;
  /** The whole line is what the ledger signed. */
  readonly isAuthentic: boolean;
}

/** Reads the audit trail. */
export interface ArchivedRounds {
  /**
   * Names all files that may hold rounds of an operator that began in the period, however late they ended. The names have
   * no order. They come in parts, as they are listed, and a part may be empty.
   * @throws DependencyError SERVICE_UNAVAILABLE
   */
  files(period: ArchivedPeriod): AsyncIterable<readonly string[]>;
  /**
   * Reads the rounds of a file, which need not all be of the period. A round may be in two files, since the archive is
   * written at least once.
   * @throws FaultError CORRUPT_RECORD; DependencyError SERVICE_UNAVAILABLE
   */
  read(file: string): Promise<readonly ArchivedRound[]>;
}
