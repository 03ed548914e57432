import type { RoundId, RoundLog } from '../foundation/ids.ts';
import type { NewRound, Round, RoundStatus } from './round.ts';

export type AppendResult =
  | { readonly appended: true; readonly round: Round }
  | { readonly appended: false; readonly existing: Round };

export interface RoundReference {
  readonly log: RoundLog;
  readonly number: number;
}

/** Something is left to do for this round: it is not final, or its last rollback is not acknowledged. */
export interface UnfinishedRound extends RoundReference {
  readonly status: RoundStatus;
  readonly updatedAtMs: number;
}

/** A part of the ledger that is read by itself. All of a log is in one part. */
export interface LedgerPart {
  /** The parts are numbered from 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * Keeps a log of rounds for each operator, player and game. Reads are consistent unless their comment says otherwise.
 * Every round that is read has its MAC checked. A wrong one is FaultError CORRUPT_RECORD.
 */
export interface Ledger {
  /**
   * Reads the newest round of the log, for the next one. It also checks that this round follows the one before it.
   * @throws FaultError CORRUPT_RECORD where a round is missing between them, or where the newest follows another one;
   * ConflictError LOG_FROZEN
   */
  head(log: RoundLog): Promise<Round | undefined>;
  get(reference: RoundReference): Promise<Round | undefined>;
  /** Reads a round by its id, which is its address. */
  find(roundId: RoundId): Promise<Round | undefined>;
  /** Puts the round if its number is free. A repeated put of the same round counts as appended. */
  append(round: NewRound): Promise<AppendResult>;
  /**
   * Signs and writes the next state if the stored round is still `present`. It gives the round also where an earlier attempt of this
   * very write took effect. It is undefined where somebody else moved the round on.
   */
  save(next: Round, present: Round): Promise<Round | undefined>;
  /** Says whether the log is left alone until a person has looked at it. */
  isFrozen(log: RoundLog): Promise<boolean>;
  /** Notes that a final round is in the archive. It has no effect on a round that is not final. */
  markArchived(reference: RoundReference): Promise<void>;
  /** Lets a round expire that is marked as archived. It has no effect on a round without that mark. */
  expire(reference: RoundReference, expiresAtMs: number): Promise<void>;
  /**
   * Reads the rounds of a part that are untouched since `beforeMs` and not final. Voided rounds are read, too, until
   * their last rollback is acknowledged. The pages come in no order, also empty ones, so that the reader can stop.
   * @throws FaultError CORRUPT_RECORD after all others, where one cannot be read
   */
  unfinished(beforeMs: number, part: LedgerPart): AsyncIterable<readonly UnfinishedRound[]>;
}

/** Somebody has changed what is stored under this number, so nothing else is known of the round. */
export interface UnreadableRound extends RoundReference {
  readonly status: 'UNREADABLE';
}

export type ListedRound = Round | UnreadableRound;

/** Lists rounds for showing and for checking them. Whoever acts on a round reads it from the ledger. */
export interface RoundPages {
  /**
   * Lists the newest first. There are at most `limit`, and all are older than `beforeNumber` where it is given. A round whose
   * MAC is wrong is listed as unreadable, and hides no other. Reads are consistent.
   */
  list(
    log: RoundLog,
    page: { readonly beforeNumber?: number; readonly limit: number },
  ): Promise<ListedRound[]>;
}
