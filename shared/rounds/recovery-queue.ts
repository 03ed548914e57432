import type { RoundReference } from './ledger.ts';

/** Asks for a round to be driven to its end, or for the last rollback of a voided one. */
export interface RecoveryRequest extends RoundReference {
  readonly purpose: 'finish' | 'confirm-void';
  /** It is 0 for the first attempt. */
  readonly attempt: number;
  /** The first attempt was made at this time. Each further request carries it on. */
  readonly firstTriedAtMs?: number | undefined;
  /** It is true where an earlier attempt has raised the alarm. */
  readonly signalled?: boolean | undefined;
  /** It is true where no further attempt may follow, because another request for this round goes on. */
  readonly once?: boolean | undefined;
}

export interface RecoveryQueue {
  /** Sends requests. Each is delivered at least once, and not before `delayMs` (at most 15 minutes). */
  send(requests: readonly RecoveryRequest[], delayMs: number): Promise<void>;
}
