import type { RoundReference } from './ledger.ts';
import type { RecoveryRequest } from './recovery-queue.ts';

/** Recovery notes these on a round that is owed for long. */
export interface Marks {
  /** The line of attempts that goes on for this purpose claimed the round at this time. */
  readonly claimedAtMs: number | undefined;
  /** The alarm rang for this purpose of the round. */
  readonly rung: boolean;
  /** The wallet has acknowledged the last rollback. */
  readonly confirmed: boolean;
}

/**
 * Notes beside a round what recovery must not forget when its queue does. No transition of the round reads or writes
 * these marks. A round that goes well never gets one.
 */
export interface RecoveryMarks {
  /** Reads the marks consistently. They are empty where there is no such round. */
  read(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<Marks>;
  /**
   * Claims a round at `atMs`, if `heldAtMs` is still the last claim. A claimed round does not expire, because money may
   * be owed for longer than ended rounds are kept.
   * @returns false where another line of attempts claimed it first
   */
  claim(
    reference: RoundReference,
    purpose: RecoveryRequest['purpose'],
    claim: { readonly heldAtMs: number | undefined; readonly atMs: number },
  ): Promise<boolean>;
  /** Notes that the alarm has rung. A last rollback has an alarm of its own. */
  ring(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<void>;
  /** Notes that the wallet has acknowledged the last rollback of a voided round. */
  confirm(reference: RoundReference): Promise<void>;
}
