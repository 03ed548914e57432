import type { Round } from '../../../shared/rounds/round.ts';
import { isOver, name } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';
import { isUnsettled, placeOf, type WalletCall } from './wallet-calls.ts';

const LONG_MS = 5 * 60_000;
/** The last rollback of a voided round is due only then. */
const CONFIRMED_AFTER_MS = 15 * 60_000;
/** A run decides whether a round is owed for long before it calls the wallet, and is over after this. */
const LONGEST_RUN_MS = 2 * 60_000;
const RULE = 'the alarm of a round that is owed for long rings once';

/** Whoever looks after a round that has been owed for long tells a person once, before anything can keep it from that. */
export class PendingAlarms {
  readonly #check: Check;
  /** The rounds whose mark for a purpose is written, with the true time of it. */
  readonly #markedAtMs = new Map<string, number>();
  /** Each run of a function has written so many marks. */
  readonly #marked = new WeakMap<RunningInvocation, number>();
  /** The last write of each round and its true time, by the name that a message has for the round. */
  readonly #written = new Map<string, { readonly round: Round; readonly atMs: number }>();

  constructor(check: Check) {
    this.#check = check;
  }

  written(round: Round, nowMs: number): void {
    this.#written.set(name(round), { round, atMs: nowMs });
  }

  /**
   * @param calls are those that it has made
   * @param victims is how many of its messages ask for rounds of victims, whose alarms may ring more often
   */
  rang(event: string, caller: RunningInvocation, calls: readonly WalletCall[], victims: number): void {
    if (!isAlarm(event)) return;
    const times = timesRung(caller);
    const due = this.#dueOf(caller, calls);
    this.#check(
      times <= due.length + victims &&
        (victims > 0 || due.some((round) => eventOf(round) === event || this.#hasChanged(round, caller))),
      RULE,
      () => `${event} rang ${times} times where ${due.length} rounds were due: ${caller.name}`,
    );
  }

  /**
   * A batch does not ask a wallet again that gave no answer, so a call for another round of the operator may tell of it. Where
   * another service fails, no wallet may have been called.
   */
  #dueOf(caller: RunningInvocation, calls: readonly WalletCall[]): readonly Round[] {
    const failing = new Set(calls.filter(isUnsettled).map(({ round }) => round.log.operatorId));
    return messagesOf(caller).flatMap((body) => {
      const { round: place, purpose } = placeOf(body);
      const round = this.#written.get(place)?.round;
      if (!round || this.#wasMarked(round, purpose, caller)) return [];
      if (!failing.has(round.log.operatorId) && caller.faults === 0) return [];
      const isDue = purpose === purposeOf(round) && isOwedForLong(round, caller.nowMs());
      return isDue || this.#hasChanged(round, caller) ? [round] : [];
    });
  }

  marked({ roundId }: Round, purpose: string, caller: RunningInvocation, nowMs: number): void {
    const mark = `${roundId} ${purpose}`;
    if (this.#markedAtMs.has(mark)) return;
    this.#markedAtMs.set(mark, nowMs);
    const marks = (this.#marked.get(caller) ?? 0) + 1;
    this.#marked.set(caller, marks);
    this.#check(timesRung(caller) >= marks, 'an alarm rings before its mark is written', () => caller.name);
  }

  /** @param calls are those that it has heard of */
  ended(caller: RunningInvocation, calls: readonly WalletCall[]): void {
    const silent = calls.filter(
      (call) =>
        isUnsettled(call) &&
        isOwedForLong(call.round, call.heardAtMs, LONG_MS + LONGEST_RUN_MS) &&
        !this.#markedAtMs.has(`${call.round.roundId} ${purposeOf(call.round)}`) &&
        !this.#hasChanged(call.round, caller) &&
        isInLine(call, caller),
    );
    this.#check(
      silent.length <= caller.callsOf('marks.ring'),
      RULE,
      () => `it is silent of ${silent.map(({ round }) => name(round)).join()}: ${caller.name}`,
    );
  }

  #wasMarked({ roundId }: Round, purpose: string, { startedAtMs }: RunningInvocation): boolean {
    return (this.#markedAtMs.get(`${roundId} ${purpose}`) ?? Number.POSITIVE_INFINITY) < startedAtMs;
  }

  /** Another run has written the round since this one began, and this one may have read it before. */
  #hasChanged(round: Round, { startedAtMs }: RunningInvocation): boolean {
    return (this.#written.get(name(round))?.atMs ?? 0) >= startedAtMs;
  }
}

/** Says whether a round has owed a credit or a rollback for so long. */
export function isOwedForLong(round: Round, nowMs: number, leastMs = LONG_MS): boolean {
  if (isOver(round) && round.status !== 'VOIDED') return false;
  const owedSinceMs = round.updatedAtMs + (round.status === 'VOIDED' ? CONFIRMED_AFTER_MS : 0);
  return nowMs - owedSinceMs >= leastMs;
}

function isAlarm(event: string): boolean {
  return event.endsWith('PendingLong');
}

function timesRung({ counted }: RunningInvocation): number {
  return counted.filter(isAlarm).length;
}

function purposeOf({ status }: Round): string {
  return status === 'VOIDED' ? 'confirm-void' : 'finish';
}

function eventOf({ status }: Round): string {
  return status === 'COMMITTED' ? 'CreditPendingLong' : 'RollbackPendingLong';
}

function messagesOf({ cause }: RunningInvocation): readonly string[] {
  return cause.kind === 'recovery' ? cause.messages : [];
}

/** One message of the batch asks for the round, and goes on until nothing is owed. */
function isInLine({ round }: WalletCall, caller: RunningInvocation): boolean {
  const [message, ...more] = messagesOf(caller).filter((body) => placeOf(body).round === name(round));
  return message !== undefined && more.length === 0 && !placeOf(message).once;
}
