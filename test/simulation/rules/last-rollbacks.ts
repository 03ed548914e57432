import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Check } from './check.ts';

/** A debit that is late has landed by then. */
const LEAST_WAIT_MS = 15 * 60_000;

/** The last rollback of a voided round is sent until its wallet has answered, however long the wallet is silent. */
export class LastRollbacks {
  readonly #check: Check;
  /** Rounds were voided at these true times. */
  readonly #voidedAtMs = new Map<string, number>();
  readonly #confirmed = new Set<string>();

  constructor(check: Check) {
    this.#check = check;
  }

  voided({ roundId }: Round, atMs: number): void {
    this.#voidedAtMs.set(roundId, atMs);
  }

  /** Recovery has heard that nothing of the stake remains. An answer that came too early proves nothing. */
  acknowledged(roundId: string, atMs: number): void {
    const voidedAtMs = this.#voidedAtMs.get(roundId);
    if (voidedAtMs !== undefined && atMs - voidedAtMs >= LEAST_WAIT_MS) this.#confirmed.add(roundId);
  }

  closing(round: Round): void {
    if (round.status !== 'VOIDED') return;
    this.#check(
      this.#confirmed.has(round.roundId),
      'the last rollback of a voided round is sent until it is answered',
      () => `round ${name(round)}`,
    );
  }
}
