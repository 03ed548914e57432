import type { RoundId, RoundLog } from '../foundation/ids.ts';
import type { IntentRound, Round, RoundStatus } from './round.ts';

export type AppendResult =
  | { readonly appended: true }
  | { readonly appended: false; readonly existing: Round };

/** What the stored round must still be for a write to happen. */
export interface Fence {
  readonly status: RoundStatus;
  readonly epoch: number;
}

export interface RoundReference {
  readonly log: RoundLog;
  readonly number: number;
}

/** A part of the ledger that is read by itself: all of a log is in one of them. */
export interface LedgerPart {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** The log of rounds per operator, player and game. Reads are consistent unless they say otherwise. */
export interface Ledger {
  /** The newest round of the log. */
  head(log: RoundLog): Promise<Round | undefined>;
  get(reference: RoundReference): Promise<Round | undefined>;
  /** Through an index: eventually consistent as to which rounds exist, consistent as to what they hold. */
  find(roundId: RoundId): Promise<Round | undefined>;
  /** Newest first, at most `limit`, older than `beforeNumber` where given. */
  list(log: RoundLog, page: { readonly beforeNumber?: number; readonly limit: number }): Promise<Round[]>;
  /** Puts the round if its number is free. A repeated put of the same round counts as appended. */
  append(round: IntentRound): Promise<AppendResult>;
  /**
   * Writes the next state if the stored round still has the fence's status and epoch; true also where an earlier
   * attempt of this very write took effect. False: somebody else moved the round on.
   */
  save(next: Round, fence: Fence): Promise<boolean>;
  /** Notes that a final round is in the archive. No effect on others. */
  markArchived(reference: RoundReference): Promise<void>;
  /** Lets a round expire that is marked as archived. No effect on others. */
  expire(reference: RoundReference, expiresAtMs: number): Promise<void>;
  /**
   * Every round of a part that is not final and untouched since `beforeMs`, in no order. A page at a time, empty ones as well,
   * so that its reader can stop.
   * @throws FaultError CORRUPT_RECORD after all others, where one cannot be read
   */
  unfinished(beforeMs: number, part: LedgerPart): AsyncIterable<readonly RoundReference[]>;
}
