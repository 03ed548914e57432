import type { Ledger, RoundPages } from '../../shared/rounds/ledger.ts';
import type { RecoveryMarks } from '../../shared/rounds/recovery-marks.ts';
import type { Round } from '../../shared/rounds/round.ts';

/** A ledger under test, with the marks beside its rounds. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly pages: RoundPages;
  readonly marks: RecoveryMarks;
  /** When the round expires, in milliseconds, if it does. */
  expiryOf(round: Round): Promise<number | undefined>;
  close(): Promise<void>;
}
