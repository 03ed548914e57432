import type { Round } from '../../../shared/rounds/round.ts';
import type {
  RollbackReply,
  CreditReply,
  WalletReply,
  WalletTransaction,
} from '../../../shared/wallets/wallet.ts';
import { isOver, name } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';

export type Movement = 'debit' | 'betWin' | 'credit' | 'rollback';
export type Reply = WalletReply | CreditReply | RollbackReply;

/** One run of a function has made this call of a wallet. */
export interface WalletCall {
  readonly movement: Movement;
  readonly transaction: WalletTransaction;
  /** `operator#wallet`. */
  readonly wallet: string;
  /** The ledger had the round like this when the call was made. */
  readonly round: Round;
  /** It is undefined until the caller has heard of it. */
  reply: Reply | undefined;
  /** The caller's clock tells this time. */
  heardAtMs: number;
}

const MOST_STAKE_CALLS = 2;
const SILENCES: readonly string[] = ['NOT_SENT', 'TIMEOUT', 'CONNECTION'];
/** The delays of the first attempts of recovery, in seconds; all others have the last one's. */
const BACKOFF_SECONDS = [2, 4, 8, 16, 32, 60] as const;

/** A wallet is called no more often than a round needs it. */
export class WalletCalls {
  readonly #check: Check;
  readonly #made = new WeakMap<RunningInvocation, WalletCall[]>();
  /** Rounds that were over when a run of a function began, as far as it has called for them. */
  readonly #overAtMs = new Map<string, number>();

  constructor(check: Check) {
    this.#check = check;
  }

  of(caller: RunningInvocation): readonly WalletCall[] {
    return this.#made.get(caller) ?? [];
  }

  written(after: Round, nowMs: number): void {
    if (isOver(after)) this.#overAtMs.set(after.roundId, nowMs);
  }

  made(call: WalletCall, caller: RunningInvocation): void {
    const { movement, round } = call;
    const where = () => `${movement} of round ${name(round)}, which is ${round.status}, by ${caller.name}`;
    const earlier = this.of(caller).filter(({ transaction }) => transaction.roundId === round.roundId);
    const stakes = earlier.filter((one) => one.movement === 'debit' || one.movement === 'betWin');
    if (movement === 'debit' || movement === 'betWin') {
      const isAnswered = stakes.some(
        ({ reply }) => reply && (reply.kind !== 'unknown' || reply.reason === 'TRANSACTION_MISMATCH'),
      );
      this.#check(
        stakes.length < MOST_STAKE_CALLS && !isAnswered,
        'a stake is asked for twice at most, and not again after an answer',
        where,
      );
    } else
      this.#check(
        earlier.filter((one) => one.movement === movement).length < requestsFor(round, caller),
        'a win and a rollback are sent once for each time that they are asked for',
        where,
      );
    const wasOver = (this.#overAtMs.get(round.roundId) ?? Number.POSITIVE_INFINITY) < caller.startedAtMs;
    const isLastRollback =
      round.status === 'VOIDED' && movement === 'rollback' && caller.cause.kind === 'recovery';
    this.#check(
      !wasOver || isLastRollback,
      'a wallet is not called for a round that is over, but for its last rollback',
      where,
    );
    this.#made.set(caller, [...this.of(caller), call]);
  }

  /** @param body is a message of the recovery queue */
  queued(body: string, delayMs: number): void {
    const { attempt } = JSON.parse(body) as { readonly attempt: number };
    if (attempt === 0) return;
    const leastSeconds = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length) - 1] ?? 60;
    this.#check(
      delayMs >= leastSeconds * 1_000,
      'each attempt of recovery waits longer than the one before it',
      () => `attempt ${attempt} after ${delayMs} ms: ${body}`,
    );
  }

  /** Of a batch, the first round of an operator tells whether its wallet answers at all. */
  ended(caller: RunningInvocation): void {
    if (caller.cause.kind !== 'recovery') return;
    const firsts = new Map<string, string>();
    for (const message of caller.cause.messages) {
      const place = placeOf(message);
      if (!firsts.has(place.operatorId)) firsts.set(place.operatorId, place.round);
    }
    const calls = this.of(caller);
    for (const first of calls) {
      const { reply, wallet, round } = first;
      // Where the batch has the first round twice, its second message may have made the call.
      const isSilent =
        reply?.kind === 'unknown' && SILENCES.includes(reply.reason) && requestsFor(round, caller) === 1;
      if (!isSilent || firsts.get(round.log.operatorId) !== name(round)) continue;
      this.#check(
        calls.every((other) => other === first || other.wallet !== wallet),
        'of a wallet that does not answer the first round of a batch, no other is asked',
        () => `${wallet} by ${caller.name}`,
      );
    }
  }
}

/** A batch may have several messages of a round. */
function requestsFor(round: Round, { cause }: RunningInvocation): number {
  if (cause.kind !== 'recovery') return 1;
  return cause.messages.filter((body) => placeOf(body).round === name(round)).length;
}

/** Names the round that a message of the recovery queue is about, as the oracle does. */
export function placeOf(body: string): {
  readonly operatorId: string;
  readonly round: string;
  readonly purpose: string;
  readonly once: boolean;
} {
  const message = JSON.parse(body) as Record<string, string | boolean>;
  const { operator_id, player_id, game_code, round_number, purpose, once } = message;
  return {
    operatorId: String(operator_id),
    round: `${operator_id}#${player_id}#${game_code}#${round_number}`,
    purpose: String(purpose),
    once: once === true,
  };
}

/** A refused credit is owed all the same. A refused stake is an answer. */
export function isUnsettled({ reply, movement }: Pick<WalletCall, 'reply' | 'movement'>): boolean {
  return reply?.kind === 'unknown' || (reply?.kind === 'refused' && movement === 'credit');
}
