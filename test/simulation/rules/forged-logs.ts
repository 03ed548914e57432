import type { RoundLog } from '../../../shared/foundation/ids.ts';
import type { Round } from '../../../shared/rounds/round.ts';
import { transactionId } from '../../../shared/rounds/transaction-id.ts';
import type { WalletTransaction } from '../../../shared/wallets/wallet.ts';
import type { Forgery } from '../plan.ts';
import { fixedPart, name, outcomeOf } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Entry } from '../wallet.ts';
import type { Check } from './check.ts';

/** A rollback that an old intent leads to waits for this long, in which the consumer judges the change. */
const JUDGED_AFTER_MS = 5_000;

interface ForgedLog {
  /** The intents of the rounds that the product has committed. */
  readonly committed: Set<string>;
  /** An intent of a round was put back at these times, by the name of the round. */
  readonly putBackAtMs: Map<string, number>;
  /** The stream has records of these forgeries that the consumer must park. */
  readonly records: string[];
  isForged: boolean;
  frozenAtMs: number | undefined;
}

/** Somebody has changed a round in the table. */
export interface Forged {
  readonly log: RoundLog;
  readonly kind: Forgery['kind'];
  /** The number of the stream's record. */
  readonly record: string;
  /** It is undefined where the round was deleted. */
  readonly forged: Round | undefined;
  readonly nowMs: number;
}

/**
 * Judges the logs that somebody forges who can write the table and lacks the key. Rounds can vanish there, so all
 * other rules leave such a log alone.
 */
export class ForgedLogs {
  readonly #check: Check;
  readonly #logs = new Map<string, ForgedLog>();
  /** The rounds that the product has begun, by the ids of their transactions. Those without a stake can share one. */
  readonly #begun = new Map<string, Round[]>();

  constructor(check: Check) {
    this.#check = check;
  }

  forged({ log, kind, record, forged, nowMs }: Forged): void {
    const known = this.#of(log);
    // A state that is put back over another forgery may be the one that was there before.
    if (!known.isForged || kind !== 'an earlier state is put back') known.records.push(record);
    known.isForged = true;
    if (forged?.status === 'INTENT') known.putBackAtMs.set(name(forged), nowMs);
  }

  isForged(log: RoundLog): boolean {
    return this.#of(log).isForged;
  }

  frozen(log: RoundLog, nowMs: number): void {
    this.#of(log).frozenAtMs ??= nowMs;
  }

  /** The product has written a round. */
  written(before: Round | undefined, after: Round, writer: RunningInvocation): void {
    this.#leftAlone(after, writer);
    const ids = transactionsOf(after);
    if (!before) for (const id of ids) this.#begun.set(id, [...this.#begunOf(id), after]);
    this.#check(
      ids.every((id) => this.#begunOf(id).some((round) => fixedPart(round) === fixedPart(after))),
      'the product goes on only from what it has begun',
      () => `round ${name(after)}`,
    );
    if ('outcome' in after) this.#of(after.log).committed.add(intentOf(after));
  }

  /** The product calls a wallet. */
  called(movement: string, transaction: WalletTransaction, caller: RunningInvocation, nowMs: number): void {
    const [round] = this.#begunOf(transaction.transactionId);
    const where = () => `${movement} of ${transaction.transactionId} by ${caller.name}`;
    this.#check(round !== undefined, 'a wallet is called only for what the product has begun', where);
    if (!round) return;
    this.#leftAlone(round, caller);
    const { committed, putBackAtMs } = this.#of(round.log);
    if (movement !== 'rollback' || !committed.has(intentOf(round))) return;
    // The stream can lag, and whoever read the round before it was put back may go on.
    const atMs = putBackAtMs.get(name(round));
    const isJudged = atMs !== undefined && (nowMs - atMs >= JUDGED_AFTER_MS || caller.startedAtMs < atMs);
    this.#check(isJudged, 'a stake that was lost is not given back', where);
  }

  /** Money moves at a wallet. */
  moves(movement: 'debit' | 'credit' | 'betWin' | 'return', { transaction, winMinor }: Entry): void {
    if (movement === 'return') return;
    const begun = this.#begunOf(transaction.transactionId);
    const { amountMinor } = transaction;
    const where = () => `${movement} of ${transaction.transactionId}`;
    if (movement !== 'credit')
      this.#check(
        begun.some(({ stakeMinor }) => stakeMinor === amountMinor),
        'no stake is taken that was not asked for',
        where,
      );
    const paidMinor = movement === 'credit' ? amountMinor : winMinor;
    this.#check(
      paidMinor === 0n || begun.some((round) => outcomeOf(round).winMinor === paidMinor),
      'nothing is paid that was not won',
      where,
    );
  }

  /** Nothing is left to happen. @param parked has the records of the stream that were parked */
  closing(parked: readonly string[]): void {
    for (const [log, { isForged, frozenAtMs, records }] of this.#logs) {
      this.#check(!isForged || frozenAtMs !== undefined, 'a log that is forged is frozen', () => log);
      for (const record of records)
        this.#check(
          parked.some((text) => text.includes(`"SequenceNumber":"${record}"`)),
          'every forgery is parked',
          () => `record ${record} of ${log}`,
        );
    }
  }

  /** Whatever began before the freeze may end as it would have. */
  #leftAlone(round: Round, { startedAtMs, name: caller }: RunningInvocation): void {
    const { frozenAtMs } = this.#of(round.log);
    this.#check(
      frozenAtMs === undefined || startedAtMs <= frozenAtMs,
      'a log that is frozen is left alone',
      () => `round ${name(round)} by ${caller}`,
    );
  }

  #begunOf(transactionId: string): readonly Round[] {
    return this.#begun.get(transactionId) ?? [];
  }

  #of(log: RoundLog): ForgedLog {
    const key = `${log.operatorId}#${log.playerId}#${log.gameCode}`;
    const known = this.#logs.get(key);
    if (known) return known;
    const added: ForgedLog = {
      committed: new Set(),
      putBackAtMs: new Map(),
      records: [],
      isForged: false,
      frozenAtMs: undefined,
    };
    this.#logs.set(key, added);
    return added;
  }
}

function transactionsOf(round: Round): readonly string[] {
  return (['debit', 'bet-win', 'credit'] as const).map((movement) => transactionId(round, movement));
}

function intentOf({ intentMac }: Round): string {
  return Buffer.from(intentMac).toString('hex');
}
