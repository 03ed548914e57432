import type { RecoveryRequest } from '../../../shared/rounds/recovery-queue.ts';
import type { Round } from '../../../shared/rounds/round.ts';
import type { WalletTransaction } from '../../../shared/wallets/wallet.ts';
import { isVictim } from '../plan.ts';
import type { ApiAnswer, RunningInvocation } from '../running-invocation.ts';
import { Alarms } from './alarms.ts';
import { Answers } from './answers.ts';
import type { Check } from './check.ts';
import { Closures, gameOf, operatorOf } from './closures.ts';
import { ForgedLogs } from './forged-logs.ts';
import { FreshSeeds } from './fresh-seeds.ts';
import { LastRollbacks } from './last-rollbacks.ts';
import { Leases } from './leases.ts';
import { OwedRounds } from './owed-rounds.ts';
import { PendingAlarms } from './pending-alarms.ts';
import { Records } from './records.ts';
import { TimeStamps } from './time-stamps.ts';
import { type ToldBalance, ToldBalances } from './told-balances.ts';
import { type Movement, placeOf, type Reply, type WalletCall, WalletCalls } from './wallet-calls.ts';

/** The rules read this of the oracle's books. */
export interface Books {
  roundOf(roundId: string): Round | undefined;
  /** The newest round of a log, by the name of the log. */
  newestOf(log: string): Round | undefined;
  /** It is the true time. */
  nowMs(): number;
}

export type Closable =
  | { readonly operatorId: string; readonly gameCode?: undefined }
  | { readonly gameCode: string; readonly operatorId?: undefined };

/** The ledger has changed by this write. */
export interface Write {
  readonly after: Round;
  readonly writer: RunningInvocation;
  /** When it was sent, by the clock of its writer. */
  readonly writersMs: number;
}

/** All rules that watch more than the sums, each in a file of its own. It tells them what happens. */
export class Rulebook {
  readonly #books: Books;
  readonly alarms: Alarms;
  readonly answers: Answers;
  readonly balances: ToldBalances;
  readonly calls: WalletCalls;
  readonly closures: Closures;
  readonly lastRollbacks: LastRollbacks;
  readonly forged: ForgedLogs;
  readonly #leases: Leases;
  readonly #owed: OwedRounds;
  readonly #pending: PendingAlarms;
  readonly records: Records;
  readonly seeds: FreshSeeds;
  readonly #stamps: TimeStamps;
  readonly #calledForVictims = new WeakSet<RunningInvocation>();
  /** The stake of each round was out of doubt at this true time. */
  readonly #outOfDoubtAtMs = new Map<string, number>();

  constructor(check: Check, books: Books, leaseMs: number) {
    this.#books = books;
    this.alarms = new Alarms(check);
    this.answers = new Answers(check, (roundId) => books.roundOf(roundId));
    this.balances = new ToldBalances(check);
    this.calls = new WalletCalls(check);
    this.closures = new Closures(check);
    this.lastRollbacks = new LastRollbacks(check);
    this.forged = new ForgedLogs(check);
    this.#leases = new Leases(check, leaseMs);
    this.#owed = new OwedRounds(check, leaseMs, (log) => books.newestOf(log));
    this.#pending = new PendingAlarms(check);
    this.records = new Records(check);
    this.seeds = new FreshSeeds(check);
    this.#stamps = new TimeStamps(check);
  }

  appended(previous: Round | undefined, write: Write): void {
    const { after, writer, writersMs } = write;
    this.#leases.appended(after, writer);
    this.#stamps.appended(after, writersMs);
    this.seeds.appended(after);
    this.closures.appended(after, previous, writer, this.#books.nowMs());
    if ('outcome' in after) this.balances.committed(after, [], this.#outOfDoubtSinceMs(previous));
    this.#changed(write);
  }

  /** @param previous is the round before it in its log */
  written(before: Round, previous: Round | undefined, stakes: Iterable<string>, write: Write): void {
    const { after, writer, writersMs } = write;
    this.#leases.written(before, after, writer);
    this.#stamps.written(after, writersMs);
    if (after.epoch > before.epoch) this.closures.changedHands(after, before, writer, this.#books.nowMs());
    if (after.status === 'VOIDED') this.lastRollbacks.voided(after, this.#books.nowMs());
    if ('outcome' in after) this.balances.committed(after, stakes, this.#outOfDoubtSinceMs(previous));
    this.#changed(write);
  }

  #outOfDoubtSinceMs(previous: Round | undefined): number {
    return (previous && this.#outOfDoubtAtMs.get(previous.roundId)) ?? 0;
  }

  #changed({ after, writer }: Write): void {
    const nowMs = this.#books.nowMs();
    this.#owed.written(after, writer);
    this.calls.written(after, nowMs);
    this.#pending.written(after, nowMs);
    const inDoubt = after.status === 'INTENT' || after.status === 'VOIDING';
    if (!inDoubt && !this.#outOfDoubtAtMs.has(after.roundId)) this.#outOfDoubtAtMs.set(after.roundId, nowMs);
  }

  revoked(sessionId: string): void {
    this.closures.closed(`session ${sessionId}`, this.#books.nowMs());
  }

  closed(what: Closable): void {
    this.closures.closed(nameOfClosed(what), this.#books.nowMs());
  }

  opened(what: Closable): void {
    this.closures.opened(nameOfClosed(what), this.#books.nowMs());
  }

  told(balance: ToldBalance): void {
    if (!isVictim(balance.playerId)) this.balances.told(balance, this.#books.nowMs());
  }

  /** A request for a round reaches its function. */
  begun(running: RunningInvocation, sessionId: string): void {
    const log = this.closures.logOf(sessionId);
    if (log) this.#owed.begun(running, log);
  }

  /** A client has heard an answer. */
  answered(running: RunningInvocation, request: string, answer: ApiAnswer, wasAnswered: boolean): void {
    if (isAboutVictim(running, this.closures)) return;
    const { status, body } = answer;
    const round = this.answers.answered(request, status, body, wasAnswered);
    if (round) this.balances.answered(body, round);
    this.#owed.answered(running, body, round);
    this.closures.answered(running, body);
  }

  /** A function calls a wallet. @returns what it has to be told of the reply */
  called(movement: Movement, transaction: WalletTransaction, wallet: string, caller: RunningInvocation) {
    const round = this.#books.roundOf(transaction.roundId);
    if (isVictim(transaction.playerId)) {
      this.#calledForVictims.add(caller);
      this.forged.called(movement, transaction, caller, this.#books.nowMs());
    }
    if (!round) return () => undefined;
    const call: WalletCall = { movement, transaction, wallet, round, reply: undefined, heardAtMs: 0 };
    this.calls.made(call, caller);
    return (reply: Reply): void => {
      call.reply = reply;
      call.heardAtMs = caller.nowMs();
      if (movement === 'rollback' && reply.kind !== 'unknown' && caller.cause.kind === 'recovery')
        this.lastRollbacks.acknowledged(transaction.roundId, this.#books.nowMs());
    };
  }

  /** A run of a function has come to its end by itself. */
  ended(running: RunningInvocation): void {
    this.calls.ended(running);
    this.alarms.ended(running, this.calls.of(running), this.#calledForVictims.has(running));
    this.#pending.ended(running, this.calls.of(running));
  }

  /** A function has counted this. */
  counted(event: string, running: RunningInvocation): void {
    this.alarms.counted(event);
    this.#pending.rang(event, running, this.calls.of(running), victimsIn(running).length);
  }

  /** A function has noted on a round that its alarm rings. */
  marked(round: Round, purpose: RecoveryRequest['purpose'], running: RunningInvocation): void {
    if (isVictim(round.log.playerId)) return;
    this.#pending.marked(round, purpose, running, this.#books.nowMs());
  }

  /** Nothing is left to happen. */
  closing(round: Round): void {
    this.records.closing(round);
    this.lastRollbacks.closing(round);
  }
}

/** Gives the messages of a batch that ask for rounds of victims. */
function victimsIn({ cause }: RunningInvocation): readonly string[] {
  if (cause.kind !== 'recovery') return [];
  return cause.messages.filter((body) => isVictim(playerOf(placeOf(body).round)));
}

/** Says whether a request came from a victim. */
function isAboutVictim({ cause }: RunningInvocation, closures: Closures): boolean {
  if (cause.kind !== 'request') return false;
  const { session_id } = (cause.request.body ?? {}) as { readonly session_id?: string };
  const log = session_id === undefined ? undefined : closures.logOf(session_id);
  return log !== undefined && isVictim(playerOf(log));
}

/** Reads the player from the name of a log or of a round. */
function playerOf(log: string): string {
  return log.split('#')[1] ?? '';
}

function nameOfClosed({ operatorId, gameCode }: Closable): string {
  return operatorId === undefined ? gameOf(gameCode) : operatorOf(operatorId);
}
