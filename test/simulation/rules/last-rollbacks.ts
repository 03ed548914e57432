import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Check } from './check.ts';

/** The last rollback of a voided round is sent until its wallet has answered, however long the wallet is silent. */
export class LastRollbacks {
  readonly #check: Check;
  /** The true times at which rounds were voided. */
  readonly #voidedAtMs = new Map<string, number>();
  readonly #confirmed = new Set<string>();

  constructor(check: Check) {
    this.#check = check;
  }

  voided({ roundId }: Round, atMs: number): void {
    this.#voidedAtMs.set(roundId, atMs);
  }

  /** Recovery has heard that nothing of the stake remains. Clocks that are wrong may have made it early. */
  acknowledged(roundId: string, atMs: number): void {
    const voidedAtMs = this.#voidedAtMs.get(roundId);
    if (voidedAtMs !== undefined && atMs > voidedAtMs) this.#confirmed.add(roundId);
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
