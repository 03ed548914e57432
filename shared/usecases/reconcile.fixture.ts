import { randomUUID } from 'node:crypto';
import { accountedRound, isUnfinished } from '../domain/accounted-round.ts';
import type { Operator } from '../domain/operator.ts';
import type { BookedTransaction } from '../domain/reconciliation.ts';
import type { Round } from '../domain/round.ts';
import { sampleIntent, sampleOutcome } from '../domain/rounds.fixture.ts';
import type { LedgerPart, RoundReference } from '../ports/ledger.ts';
import type { ArchivedRounds } from '../ports/archived-rounds.ts';
import type { WalletBooks } from '../ports/wallet-books.ts';
import {
  type Reconciliation,
  type ReconciliationPorts,
  type ReconciliationSettings,
  reconcile,
} from './reconcile.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const operator: Operator = {
  operatorId: 'demo',
  name: 'Demo',
  enabled: true,
  walletUrl: 'http://wallet.invalid',
  walletSecretName: 'wallet-key',
  walletCalls: 'debit-credit',
};

/** A round of player123 as it stands in a status, with a stake of 1.00 and, where it has an outcome, a win of 2.50. */
export function round(status: Round['status'], updatedAtMs: number, given: Partial<Round> = {}): Round {
  const { status: _, ...start } = sampleIntent({ roundId: randomUUID(), startedAtMs: updatedAtMs });
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

/** A game server and a wallet with whatever history a test gives them. The archive has two rounds a file. */
export class HistoryFixture {
  nowMs = 1_700_000_000_000;
  rounds: Round[] = [];
  booked: BookedTransaction[] = [];
  offersBooks = true;
  pageSize = 3;
  /** Rounds that the ledger's index does not know yet. */
  readonly unindexed = new Set<string>();
  /** How long after its end a round reaches the archive. */
  archiveDelayMs: (round: Round) => number = () => 0;
  /** Look-ups of single rounds, on either side. */
  lookups = 0;
  settings: ReconciliationSettings = {
    hotRetentionMs: 30 * DAY_MS,
    archiveDelayMs: HOUR_MS,
    limits: { files: 1_000, rounds: 1_000, transactions: 1_000, lookups: 1_000, timeMs: 10_000 },
  };

  reconcile(fromMs: number, toMs: number): Promise<Reconciliation> {
    return reconcile(this.ports(), this.settings, { operator, fromMs, toMs });
  }

  ports(): ReconciliationPorts {
    return {
      clock: { nowMs: () => this.nowMs },
      ledger: {
        find: async (roundId: string) => {
          this.lookups += 1;
          return this.unindexed.has(roundId) ? undefined : this.rounds.find((one) => one.roundId === roundId);
        },
        get: async ({ log, number }: RoundReference) =>
          this.rounds.find((one) => one.log.playerId === log.playerId && one.number === number),
        unfinished: (beforeMs: number, part: LedgerPart) => this.#unfinished(beforeMs, part),
        list: async ({ playerId }: Round['log']) =>
          this.rounds.filter(({ log }) => log.playerId === playerId).toReversed(),
      },
      archive: this.#archive(),
      books: this.#books(),
    };
  }

  async *#unfinished(beforeMs: number, { index, count }: LedgerPart): AsyncIterable<readonly Round[]> {
    const part = this.rounds.filter((_, place) => place % count === index);
    yield part.filter((one) => isUnfinished(accountedRound(one)) && one.updatedAtMs < beforeMs);
  }

  #archive(): ArchivedRounds {
    const within = ({ updatedAtMs }: Round, fromMs: number, toMs: number) =>
      updatedAtMs >= fromMs && updatedAtMs < toMs;
    const finals = () =>
      this.rounds.filter((round) => !isUnfinished(accountedRound(round)) && round.log.operatorId === 'demo');
    const archiveDelayMs = (round: Round) => this.archiveDelayMs(round);
    return {
      async *ended({ fromMs, toMs, writtenBeforeMs }) {
        const rounds = finals().filter(
          (round) =>
            within(round, fromMs, toMs) && round.updatedAtMs + archiveDelayMs(round) < writtenBeforeMs,
        );
        // The first round of a file is also the last one of the file before: delivery is at least once.
        for (let from = 0; from < rounds.length; from += 1) {
          yield rounds.slice(from, from + 2).map(accountedRound);
        }
      },
    };
  }

  #books(): WalletBooks {
    return {
      page: async (_, selection, after) => {
        if (!this.offersBooks) return undefined;
        if ('roundId' in selection) this.lookups += 1;
        const selected = this.booked.filter(({ roundId, atMs }) =>
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
