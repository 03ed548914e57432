import type { Round } from '../rounds/round.ts';

/** The append-only audit trail. */
export interface Archive {
  /**
   * Writes rounds that have ended. `batchId` names the batch, and writing it again does no harm. Sealed parts stay
   * sealed.
   */
  write(rounds: readonly Round[], batchId: string): Promise<void>;
}
