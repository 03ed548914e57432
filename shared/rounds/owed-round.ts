import type { RecoveryRequest } from './recovery-queue.ts';
import type { Round } from './round.ts';

/**
 * The last rollback waits longer than a message lives in a wallet's own queues, as far as SQS can delay it. A
 * late debit has landed by then.
 */
export const CONFIRM_VOID_AFTER_MS = 15 * 60_000;
/** A person has to look at the operator's wallet when a credit or a rollback has been owed for this long. */
export const LONG_PENDING_MS = 5 * 60_000;

type Owed = Pick<Round, 'status' | 'updatedAtMs'>;

/** Names what is left to do for a round that is not final, or voided. */
export function purposeOf({ status }: Pick<Owed, 'status'>): RecoveryRequest['purpose'] {
  return status === 'VOIDED' ? 'confirm-void' : 'finish';
}

/** Computes since when a round owes its credit or its rollback. A last rollback is owed only from when it is due. */
export function owedSince({ status, updatedAtMs }: Owed): number {
  return updatedAtMs + (status === 'VOIDED' ? CONFIRM_VOID_AFTER_MS : 0);
}

/** Says whether what is owed since then is left to one line of attempts. */
export function isOwedForLong(owedSinceMs: number, nowMs: number): boolean {
  return nowMs - owedSinceMs >= LONG_PENDING_MS;
}
