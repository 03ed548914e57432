import { isSameLog } from '../rounds/round-address.ts';
import { mainWallet, sampleOperator } from '../operators/operator.fixture.ts';
import { DependencyError } from '../foundation/errors.ts';
import { accountedRound, isUnfinished } from '../rounds/accounted-round.ts';
import type { Operator } from '../operators/operator.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { Round } from '../rounds/round.ts';
import { sampleIntent, sampleOutcome } from '../rounds/sample-round.fixture.ts';
import type { LedgerPart, ListedRound, RoundReference } from '../rounds/ledger.ts';
import type { ArchivedRound, ArchivedRounds } from '../archive/archived-rounds.ts';
import type { WalletBooks } from '../wallets/wallet-books.ts';
import {
  type Reconciliation,
  type ReconciliationPorts,
  type ReconciliationSettings,
  reconcile,
} from './reconcile.ts';
import { booked } from './reconciliation.fixture.ts';
import { ids } from '../foundation/ids.fixture.ts';
import type { RoundId, RoundLog } from '../foundation/ids.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const operator: Operator = sampleOperator();

let rounds = 0;

/**
 * Makes the next round of player123, in a status. Its stake is 1.00, and its win is 2.50 where it has an outcome.
 */
export function round(status: Round['status'], updatedAtMs: number, given: Partial<Round> = {}): Round {
  const { status: _, ...start } = sampleIntent({
    number: (rounds += 1),
    roundId: ids.randomRound(),
    startedAtMs: updatedAtMs,
  });
  const parts = {
    INTENT: {},
    COMMITTED: { outcome: sampleOutcome() },
    CREDITED: { outcome: sampleOutcome() },
    REJECTED: { refusal: 'INSUFFICIENT_FUNDS' },
    FAILED: { failure: 'ENGINE_TRAP' },
    VOIDING: { reason: 'DEBIT_UNKNOWN' },
    VOIDED: { reason: 'DEBIT_UNKNOWN' },
  };
  return { ...start, ...parts[status], updatedAtMs, ...given, status } as Round;
}

/**
 * Gives a round as a line of the archive, which names the round of the number before. Its hash is that of its status and
 * number.
 */
export function archived(one: Round, given: Partial<ArchivedRound> = {}): ArchivedRound {
  const { log, number, status } = one;
  return {
    ...accountedRound(one),
    gameCode: log.gameCode,
    number,
    file: 'file',
    lineHash: `${status} ${number}`,
    intentMac: `MAC of ${number}`,
    previousIntentMac: number === 1 ? '' : `MAC of ${number - 1}`,
    mac: Buffer.from(one.mac).toString('base64'),
    isAuthentic: true,
    ...given,
  };
}

/** Most tests compare this hour. The history stands an hour after it. */
export const toMs = 1_700_000_000_000 - HOUR_MS;
export const fromMs = toMs - HOUR_MS;

/** A game server and a wallet with any history that a test gives them. The archive has two rounds in each file. */
export class HistoryFixture {
  nowMs = toMs + HOUR_MS;
  rounds: Round[] = [];
  booked: BookedTransaction[] = [];
  /** The books of every wallet but `main`. */
  readonly bookedAt: Record<string, BookedTransaction[]> = {};
  operator = operator;
  /** These wallets do not answer. */
  readonly silent = new Set<string>();
  offersBooks = true;
  pageSize = 3;
  /** These rounds have not reached the archive yet. */
  readonly unarchived = new Set<string>();
  /** The archive has these lines as well, in a file of their own. */
  readonly alsoArchived: ArchivedRound[] = [];
  /** A call of the archive takes this long. */
  archiveCallMs = 0;
  /** So many parts of the archive's list name no file. They come before those that do. */
  emptyParts = 0;
  /** The ledger has these now in the place of rounds, by the ids of the rounds. */
  readonly inLedger = new Map<string, ListedRound>();
  /** Counts the pages of logs that the ledger gave. */
  pages = 0;
  /** Counts the look-ups of single rounds, on either side. */
  lookups = 0;
  settings: ReconciliationSettings = {
    hotRetentionMs: 30 * DAY_MS,
    limits: { files: 1_000, rounds: 1_000, transactions: 1_000, lookups: 1_000, timeMs: 10_000 },
  };

  reconcile(beginMs = fromMs, endMs = toMs): Promise<Reconciliation> {
    return reconcile(this.ports(), this.settings, {
      operator: this.operator,
      fromMs: beginMs,
      toMs: endMs,
    });
  }

  /** The wallet `main` books a movement of a round, as it should but for what is given. */
  book(
    one: Round,
    kind: BookedTransaction['kind'],
    given: Partial<BookedTransaction> = {},
  ): BookedTransaction {
    const transaction = booked(accountedRound(one), kind, given);
    this.booked.push(transaction);
    return transaction;
  }

  ports(): ReconciliationPorts {
    return {
      clock: { nowMs: () => this.nowMs },
      ledger: {
        find: async (roundId: RoundId) => {
          this.lookups += 1;
          return this.rounds.find((one) => one.roundId === roundId);
        },
        get: async ({ log, number }: RoundReference) =>
          this.rounds.find((one) => isSameLog(one.log, log) && one.number === number),
        unfinished: (beforeMs: number, part: LedgerPart) => this.#unfinished(beforeMs, part),
      },
      pages: { list: async (log, page) => this.#list(log, page) },
      archive: this.#archive(),
      books: this.#books(),
    };
  }

  #list(log: RoundLog, { beforeNumber = Infinity, limit }: { beforeNumber?: number; limit: number }) {
    this.pages += 1;
    return this.rounds
      .filter((one) => isSameLog(one.log, log) && one.number < beforeNumber)
      .toSorted((one, other) => other.number - one.number)
      .slice(0, limit)
      .map((one) => this.inLedger.get(one.roundId) ?? one);
  }

  async *#unfinished(beforeMs: number, { index, count }: LedgerPart): AsyncIterable<readonly Round[]> {
    const part = this.rounds.filter((_, place) => place % count === index);
    yield part.filter((one) => isUnfinished(accountedRound(one)) && one.updatedAtMs < beforeMs);
  }

  #archive(): ArchivedRounds {
    const called = () => {
      this.nowMs += this.archiveCallMs;
    };
    const inArchive = () =>
      this.rounds.filter(
        (one) =>
          one.log.operatorId === 'demo' &&
          !isUnfinished(accountedRound(one)) &&
          !this.unarchived.has(one.roundId),
      );
    const emptyParts = () => this.emptyParts;
    const alsoArchived = this.alsoArchived;
    return {
      async *files({ fromMs, toMs }) {
        for (let part = 0; part < emptyParts(); part += 1) {
          called();
          yield [];
        }
        called();
        if (alsoArchived.length > 0) yield ['also'];
        yield inArchive()
          .map(({ startedAtMs }, index) => ({ startedAtMs, index }))
          .filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs)
          .map(({ index }) => String(index));
      },
      read: async (file) => {
        called();
        // Delivery is at least once, so the second round of a file is also the first of the next file.
        if (file === 'also') return alsoArchived;
        return inArchive()
          .slice(Number(file), Number(file) + 2)
          .map((one) => archived(one, { file }));
      },
    };
  }

  #books(): WalletBooks {
    return {
      page: async (_, walletId, selection, after) => {
        if (this.silent.has(walletId)) throw new DependencyError('WALLET_UNAVAILABLE', 'It is silent');
        if (!this.offersBooks) return undefined;
        if ('roundId' in selection) this.lookups += 1;
        const books = walletId === mainWallet ? this.booked : (this.bookedAt[walletId] ?? []);
        const selected = books.filter(({ roundId, atMs }) =>
          'roundId' in selection
            ? roundId === selection.roundId
            : atMs >= selection.fromMs && atMs < selection.toMs,
        );
        const start = Number(after ?? 0);
        const end = start + this.pageSize;
        return {
          transactions: selected.slice(start, end),
          next: end < selected.length ? String(end) : undefined,
        };
      },
    };
  }
}
