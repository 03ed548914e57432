import type { RoundReference } from './ledger.ts';

/** Asks for a round to be driven to its end, or for the last rollback of a voided one. */
export interface RecoveryRequest extends RoundReference {
  readonly purpose: 'finish' | 'confirm-void';
  /** It is 0 for the first attempt. */
  readonly attempt: number;
  /** The call has been owed since then, as far as the sender knew. */
  readonly owedSinceMs?: number | undefined;
  /** The line of attempts that this request belongs to claimed the round at this time. */
  readonly claimedAtMs?: number | undefined;
  /** It is true where no further attempt may follow, because another request for this round goes on. */
  readonly once?: boolean | undefined;
}

export interface RecoveryQueue {
  /** Sends requests. Each is delivered at least once, and not before `delayMs` (at most 15 minutes). */
  send(requests: readonly RecoveryRequest[], delayMs: number): Promise<void>;
}
