import { isDeepStrictEqual } from 'node:util';
import type { RoundId, RoundLog } from '../../foundation/ids.ts';
import { type IntentRound, isFinal, owesLastRollback, type Round } from '../round.ts';
import type { AppendResult, Fence, Ledger, LedgerPart, RoundReference, UnfinishedRound } from '../ledger.ts';

/**
 * Keeps the ledger in one process, for tests of the code above it. It has the conditions of the real one. It loses
 * nothing, and nothing in it is eventually consistent. Each call decides and writes without giving way to another.
 */
export class MemoryLedger implements Ledger {
  /** Each log has its rounds by number. */
  readonly #logs = new Map<string, Map<number, Round>>();
  readonly #references = new Map<string, RoundReference>();
  /** These rounds are marked as archived. */
  readonly archived = new Set<string>();
  /** The last rollback of these rounds is acknowledged. */
  readonly confirmed = new Set<string>();
  /** These rounds may expire at these times. */
  readonly expiries = new Map<string, number>();

  async head(log: RoundLog): Promise<Round | undefined> {
    const [newest] = await this.list(log, { limit: 1 });
    return newest;
  }

  async get({ log, number }: RoundReference): Promise<Round | undefined> {
    return this.#logs.get(keyOf(log))?.get(number);
  }

  async find(roundId: RoundId): Promise<Round | undefined> {
    const reference = this.#references.get(roundId);
    return reference && this.get(reference);
  }

  async list(
    log: RoundLog,
    page: { readonly beforeNumber?: number; readonly limit: number },
  ): Promise<Round[]> {
    const rounds = this.#logs.get(keyOf(log)) ?? new Map<number, Round>();
    const found: Round[] = [];
    // Numbers have no gaps, so the newest number is the count of the rounds.
    let number = Math.min(page.beforeNumber ?? Number.POSITIVE_INFINITY, rounds.size + 1) - 1;
    for (; number >= 1 && found.length < page.limit; number -= 1) {
      const round = rounds.get(number);
      if (round) found.push(round);
    }
    return found;
  }

  async append(round: IntentRound): Promise<AppendResult> {
    const key = keyOf(round.log);
    const rounds = this.#logs.get(key) ?? new Map<number, Round>();
    const existing = rounds.get(round.number);
    if (existing)
      return existing.roundId === round.roundId ? { appended: true } : { appended: false, existing };
    this.#logs.set(key, rounds.set(round.number, round));
    this.#references.set(round.roundId, { log: round.log, number: round.number });
    return { appended: true };
  }

  async save(next: Round, fence: Fence): Promise<boolean> {
    const rounds = this.#logs.get(keyOf(next.log));
    const found = rounds?.get(next.number);
    if (!rounds || found?.roundId !== next.roundId) return false;
    if (found.status === fence.status && found.epoch === fence.epoch) {
      rounds.set(next.number, next);
      return true;
    }
    return next.status !== 'INTENT' && isDeepStrictEqual(found, next);
  }

  async markArchived(reference: RoundReference): Promise<void> {
    const round = await this.get(reference);
    if (round && isFinal(round)) this.archived.add(round.roundId);
  }

  async expire(reference: RoundReference, expiresAtMs: number): Promise<void> {
    const { roundId = '' } = (await this.get(reference)) ?? {};
    if (this.archived.has(roundId) && !this.expiries.has(roundId)) this.expiries.set(roundId, expiresAtMs);
  }

  async *unfinished(
    beforeMs: number,
    { index, count }: LedgerPart,
  ): AsyncIterable<readonly UnfinishedRound[]> {
    const logs = [...this.#logs.values()].filter((_, place) => place % count === index);
    yield logs
      .flatMap((rounds) => [...rounds.values()])
      .filter((round) => this.#isUnfinished(round) && round.updatedAtMs < beforeMs)
      .map(({ log, number, status, updatedAtMs }) => ({ log, number, status, updatedAtMs }));
  }

  #isUnfinished(round: Round): boolean {
    return !isFinal(round) || (owesLastRollback(round) && !this.confirmed.has(round.roundId));
  }
}

function keyOf({ operatorId, playerId, gameCode }: RoundLog): string {
  return [operatorId, playerId, gameCode].join('#');
}
