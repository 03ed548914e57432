import { isCorrupt } from '../../foundation/errors.ts';
import { sameBytes } from '../../foundation/bytes.ts';
import type { RoundId, RoundLog } from '../../foundation/ids.ts';
import { addressOf, logHashOf } from '../round-address.ts';
import { assertFollows, logFrozen } from '../round-chain.ts';
import type { RoundMacs } from '../round-macs.ts';
import { isFinal, type NewRound, owesLastRollback, type Round } from '../round.ts';
import type {
  AppendResult,
  Ledger,
  LedgerPart,
  ListedRound,
  RoundPages,
  RoundReference,
  UnfinishedRound,
} from '../ledger.ts';

/** A ledger in memory made these rounds, so their MACs need no check. Whoever else writes there writes another object. */
const signedHere = new WeakSet<Round>();

/**
 * Keeps the ledger in one process, for tests of the code above it. It has the conditions of the real one. It loses
 * nothing, and nothing in it is eventually consistent. Each call decides and writes without giving way to another.
 */
export class MemoryLedger implements Ledger, RoundPages {
  /** Each log has its rounds by number. Whoever can write the tables can write here. */
  readonly stored = new Map<string, Map<number, Round>>();
  /** The hashes of the logs that are left alone. */
  readonly frozen = new Set<string>();
  /** These rounds are marked as archived. */
  readonly archived = new Set<string>();
  /** The last rollback of these rounds is acknowledged. */
  readonly confirmed = new Set<string>();
  /** These rounds may expire at these times. */
  readonly expiries = new Map<string, number>();
  readonly #macs: RoundMacs;
  readonly #kept: (round: Round) => Round;

  /** @param kept makes of a written round the one that is kept */
  constructor(macs: RoundMacs, kept = (round: Round) => round) {
    this.#macs = macs;
    this.#kept = kept;
  }

  async head(log: RoundLog): Promise<Round | undefined> {
    if (await this.isFrozen(log)) throw logFrozen();
    const hash = logHashOf(log);
    const numbers = this.#numbers(hash).slice(0, 2);
    const [newest, before] = await Promise.all(numbers.map((number) => this.#read(hash, number)));
    if (newest && before) assertFollows(newest, before);
    return newest;
  }

  async get({ log, number }: RoundReference): Promise<Round | undefined> {
    return this.#read(logHashOf(log), number);
  }

  async isFrozen(log: RoundLog): Promise<boolean> {
    return this.frozen.has(logHashOf(log));
  }

  async find(roundId: RoundId): Promise<Round | undefined> {
    const address = addressOf(roundId);
    const round = address && (await this.#read(address.logHash, address.number));
    return round?.roundId === roundId ? round : undefined;
  }

  async list(
    log: RoundLog,
    page: { readonly beforeNumber?: number; readonly limit: number },
  ): Promise<ListedRound[]> {
    const hash = logHashOf(log);
    const numbers = this.#numbers(hash)
      .filter((number) => number < (page.beforeNumber ?? Number.POSITIVE_INFINITY))
      .slice(0, page.limit);
    const found = await Promise.all(numbers.map((number) => this.#listed(hash, { log, number })));
    return found.filter((round) => round !== undefined);
  }

  /** Gives the numbers of a log, the newest first. */
  #numbers(hash: string): number[] {
    return [...(this.stored.get(hash)?.keys() ?? [])].toSorted((one, other) => other - one);
  }

  async #listed(hash: string, reference: RoundReference): Promise<ListedRound | undefined> {
    try {
      return await this.#read(hash, reference.number);
    } catch (error) {
      if (isCorrupt(error)) return { ...reference, status: 'UNREADABLE' };
      throw error;
    }
  }

  async append(newRound: NewRound): Promise<AppendResult> {
    const round = await this.#macs.signNew(newRound);
    const hash = logHashOf(round.log);
    const rounds = this.stored.get(hash) ?? new Map<number, Round>();
    const found = rounds.get(round.number);
    if (found) {
      const existing = await this.#checked(found);
      return sameBytes(existing.intentMac, round.intentMac)
        ? { appended: true, round: existing }
        : { appended: false, existing };
    }
    this.stored.set(hash, rounds.set(round.number, this.#keep(round)));
    return { appended: true, round };
  }

  async save(unsigned: Round, present: Round): Promise<Round | undefined> {
    const next = await this.#macs.sign(unsigned);
    const rounds = this.stored.get(logHashOf(next.log));
    const found = rounds?.get(next.number);
    if (!rounds || !found) return undefined;
    if (sameBytes(found.mac, present.mac)) {
      rounds.set(next.number, this.#keep(next));
      return next;
    }
    return next.status !== 'INTENT' && sameBytes(found.mac, next.mac) ? this.#checked(found) : undefined;
  }

  async markArchived({ log, number }: RoundReference): Promise<void> {
    const round = this.stored.get(logHashOf(log))?.get(number);
    if (round && isFinal(round)) this.archived.add(round.roundId);
  }

  async expire(reference: RoundReference, expiresAtMs: number): Promise<void> {
    // An item has whole seconds.
    const expiry = await this.#macs.signExpiry(reference, Math.ceil(expiresAtMs / 1_000) * 1_000);
    const round = this.stored.get(logHashOf(reference.log))?.get(reference.number);
    if (!round || !this.archived.has(round.roundId) || this.expiries.has(round.roundId)) return;
    this.stored.get(logHashOf(reference.log))?.set(round.number, this.#keep({ ...round, expiry }));
    this.expiries.set(round.roundId, expiry.expiresAtMs);
  }

  /** Keeps a round for as long as its last rollback is owed. */
  dropExpiry(round: Round): void {
    const { expiry, ...kept } = round;
    if (!expiry) return;
    this.expiries.delete(round.roundId);
    this.stored.get(logHashOf(round.log))?.set(round.number, this.#keep(kept));
  }

  async *unfinished(
    beforeMs: number,
    { index, count }: LedgerPart,
  ): AsyncIterable<readonly UnfinishedRound[]> {
    const logs = [...this.stored.values()].filter((_, place) => place % count === index);
    yield logs
      .flatMap((rounds) => [...rounds.values()])
      .filter((round) => this.#isUnfinished(round) && round.updatedAtMs < beforeMs)
      .map(({ log, number, status, updatedAtMs }) => ({ log, number, status, updatedAtMs }));
  }

  #isUnfinished(round: Round): boolean {
    return !isFinal(round) || (owesLastRollback(round) && !this.confirmed.has(round.roundId));
  }

  async #read(hash: string, number: number): Promise<Round | undefined> {
    const found = this.stored.get(hash)?.get(number);
    return found && this.#checked(found);
  }

  async #checked(found: Round): Promise<Round> {
    return signedHere.has(found) ? found : this.#macs.check(found);
  }

  #keep(round: Round): Round {
    const kept = this.#kept(round);
    signedHere.add(kept);
    return kept;
  }
}
