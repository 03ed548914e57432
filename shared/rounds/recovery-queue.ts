import type { RoundReference } from './ledger.ts';

/** Asks for a round to be driven to its end, or for the last rollback of a voided one. */
export interface RecoveryRequest extends RoundReference {
  readonly purpose: 'finish' | 'confirm-void';
  /** 0 for the first. */
  readonly attempt: number;
  /** When the first attempt was made; what asks again carries it on. */
  readonly firstTriedAtMs?: number | undefined;
  /** Whether an earlier attempt has called somebody. */
  readonly signalled?: boolean | undefined;
}

export interface RecoveryQueue {
  /** Delivered at least once, not before `delayMs` (at most 15 minutes). */
  send(requests: readonly RecoveryRequest[], delayMs: number): Promise<void>;
}
