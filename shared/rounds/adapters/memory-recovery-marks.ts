import type { RoundReference } from '../ledger.ts';
import type { Marks, RecoveryMarks } from '../recovery-marks.ts';
import type { RecoveryRequest } from '../recovery-queue.ts';
import type { MemoryLedger } from './memory-ledger.ts';

/** Keeps the marks of a ledger in one process, for tests. It has the conditions of the real ones. */
export class MemoryRecoveryMarks implements RecoveryMarks {
  readonly #ledger: MemoryLedger;
  readonly #claims = new Map<string, number>();
  readonly #rung = new Set<string>();

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger;
  }

  async read(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<Marks> {
    const { roundId = '' } = (await this.#ledger.get(reference)) ?? {};
    return {
      claimedAtMs: this.#claims.get(`${roundId} ${purpose}`),
      rung: this.#rung.has(`${roundId} ${purpose}`),
      confirmed: this.#ledger.confirmed.has(roundId),
    };
  }

  async claim(
    reference: RoundReference,
    purpose: RecoveryRequest['purpose'],
    { heldAtMs, atMs }: { readonly heldAtMs: number | undefined; readonly atMs: number },
  ): Promise<boolean> {
    const round = await this.#ledger.get(reference);
    const key = `${round?.roundId} ${purpose}`;
    if (!round || this.#claims.get(key) !== heldAtMs) return false;
    this.#claims.set(key, atMs);
    this.#ledger.dropExpiry(round);
    return true;
  }

  async ring(reference: RoundReference, purpose: RecoveryRequest['purpose']): Promise<void> {
    const round = await this.#ledger.get(reference);
    if (round) this.#rung.add(`${round.roundId} ${purpose}`);
  }

  async confirm(reference: RoundReference): Promise<void> {
    const round = await this.#ledger.get(reference);
    if (round?.status === 'VOIDED') this.#ledger.confirmed.add(round.roundId);
  }
}
