import type { RoundLog } from '../../../shared/foundation/ids.ts';
import { transactionId } from '../../../shared/rounds/transaction-id.ts';
import type { Round } from '../../../shared/rounds/round.ts';
import { fixedPart, name, outcomeOf } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Entry } from '../wallet.ts';
import type { Check } from './check.ts';

/** A rollback that an old intent leads to waits for this long, in which the consumer judges the change. */
const JUDGED_AFTER_MS = 5_000;

interface ForgedLog {
  /** The first intent of each round that the product has begun, by the ids of its transactions. */
  readonly begun: Map<string, Round[]>;
  /** The MACs of the intents whose rounds the product has committed. */
  readonly committed: Set<string>;
  forgedAtMs: number | undefined;
  frozenAtMs: number | undefined;
}

/**
 * Judges the logs that somebody forges who can write the table and lacks the key. Rounds can vanish there, so all
 * other rules leave such a log alone.
 */
export class ForgedLogs {
  readonly #check: Check;
  readonly #logs = new Map<string, ForgedLog>();

  constructor(check: Check) {
    this.#check = check;
  }

  /** @param log is a log of a victim */
  forged(log: RoundLog, nowMs: number): void {
    this.#of({ log }).forgedAtMs ??= nowMs;
  }

  isForged(log: RoundLog): boolean {
    return this.#of({ log }).forgedAtMs !== undefined;
  }

  frozen(log: RoundLog, nowMs: number): void {
    this.#of({ log }).frozenAtMs ??= nowMs;
  }

  /** The product has written a round. */
  written(before: Round | undefined, after: Round, writer: RunningInvocation): void {
    const log = this.#of(after);
    this.#leftAlone(log, after, writer);
    if (!before)
      for (const id of transactionsOf(after)) log.begun.set(id, [...(log.begun.get(id) ?? []), after]);
    const isBegun = transactionsOf(after).every((id) =>
      log.begun.get(id)?.some((round) => fixedPart(round) === fixedPart(after)),
    );
    this.#check(isBegun, 'the product goes on only from what it has begun', () => `round ${name(after)}`);
    if ('outcome' in after) log.committed.add(intentOf(after));
  }

  /** The product calls a wallet. */
  called(round: Round | undefined, caller: RunningInvocation): void {
    if (round) this.#leftAlone(this.#of(round), round, caller);
  }

  /** Money moves at a wallet. */
  moves(movement: 'debit' | 'credit' | 'betWin' | 'return', entry: Entry, nowMs: number): void {
    const { transaction, winMinor } = entry;
    const begun = this.begunOf(transaction.transactionId);
    const where = () => `${movement} of ${transaction.transactionId}`;
    if (movement === 'return') return this.#returned(begun, nowMs, where);
    const paidMinor = movement === 'credit' ? transaction.amountMinor : winMinor;
    this.#check(
      paidMinor === 0n || begun.some((round) => outcomeOf(round).winMinor === paidMinor),
      'nothing is paid that was not won',
      where,
    );
  }

  /** The stream can lag, and nothing else keeps an old intent from being rolled back. The alarm of its lag tells of that. */
  #returned(begun: readonly Round[], nowMs: number, where: () => string): void {
    const [round] = begun;
    const log = round && this.#of(round);
    if (!round || !log?.committed.has(intentOf(round))) return;
    const isJudgedLate = log.frozenAtMs === undefined && nowMs - (log.forgedAtMs ?? nowMs) >= JUDGED_AFTER_MS;
    this.#check(isJudgedLate, 'a stake that was lost is not given back', where);
  }

  /** @param id is a transaction of a victim's round */
  begunOf(id: string): readonly Round[] {
    return [...this.#logs.values()].flatMap(({ begun }) => begun.get(id) ?? []);
  }

  /** Nothing is left to happen. */
  closing(): void {
    for (const [log, { forgedAtMs, frozenAtMs }] of this.#logs)
      this.#check(
        forgedAtMs === undefined || frozenAtMs !== undefined,
        'a log that is forged is frozen',
        () => log,
      );
  }

  /** Whatever began before the freeze may end as it would have. */
  #leftAlone(
    { frozenAtMs }: ForgedLog,
    round: Round,
    { startedAtMs, name: caller }: RunningInvocation,
  ): void {
    this.#check(
      frozenAtMs === undefined || startedAtMs <= frozenAtMs,
      'a log that is frozen is left alone',
      () => `round ${name(round)} by ${caller}`,
    );
  }

  #of({ log }: { readonly log: RoundLog }): ForgedLog {
    const key = `${log.operatorId}#${log.playerId}#${log.gameCode}`;
    const known = this.#logs.get(key);
    if (known) return known;
    const added: ForgedLog = {
      begun: new Map(),
      committed: new Set(),
      forgedAtMs: undefined,
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
