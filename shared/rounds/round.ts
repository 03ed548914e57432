import type { RoundId, RoundLog, SessionId, TransactionId, WalletId } from '../foundation/ids.ts';
import { type MoneyMovement, transactionId } from './transaction-id.ts';
import type { MinorAmount } from '../money/money.ts';
import type { WalletCalls } from '../operators/operator.ts';
import type { RefusalCode } from '../wallets/wallet.ts';

/** The player asked for this: a paid round, or the next action of a bonus that an earlier round won. */
export type RoundKind = 'spin' | 'bonus';

/** All of this is fixed before any money moves, and never changes afterwards. */
export interface RoundTerms {
  readonly log: RoundLog;
  /** The numbers are 1, 2, 3 … without gaps within the log. */
  readonly number: number;
  readonly roundId: RoundId;
  readonly sessionId: SessionId;
  readonly kind: RoundKind;
  /** The action has this name in the engine. */
  readonly action: string;
  readonly currency: string;
  /** Payouts are multiples of this bet. In a bonus, it is the bet of the round that won it. */
  readonly baseBetMinor: MinorAmount;
  /** The player is debited this amount. It is 0 in a bonus. */
  readonly stakeMinor: MinorAmount;
  /** The round is debited at this wallet of the operator, and settled there, whatever was configured since. */
  readonly walletId: WalletId;
  /** It is kept with the round for the same reason. A rollback must name the call that was made. */
  readonly walletCalls: WalletCalls;
  /** The SHA-256 of the engine, in hex. */
  readonly engineHash: string;
  /** A bonus action continues this game. */
  readonly gameSoFar: GameSoFar | undefined;
  /** The seed and the opening state of the round, sealed together. */
  readonly sealedOpening: Uint8Array;
  readonly idempotency: Idempotency;
  readonly startedAtMs: number;
  /** The MAC of the terms of the round before this one. It is empty in the first round of a log. */
  readonly previousIntentMac: Uint8Array;
  /** The MAC of all the other terms. It is computed and not stored. */
  readonly intentMac: Uint8Array;
}

/**
 * A paid action and the bonus actions after it, as far as they were played. The largest win is declared for all of them.
 */
export interface GameSoFar {
  /** The paid action has this name in the engine. */
  readonly openedBy: string;
  readonly steps: number;
  readonly payoutMillionths: bigint;
}

export interface Idempotency {
  readonly keyHash: Uint8Array;
  readonly requestHash: Uint8Array;
  /** Short hashes of the keys of the rounds before this one, newest first. */
  readonly earlierKeys: Uint8Array;
}

/** The engine's step gives this result. The write that commits the round fixes it. */
export interface Outcome {
  readonly payoutMillionths: bigint;
  readonly winMinor: MinorAmount;
  readonly sealedStateAfter: Uint8Array;
  /** The engine's public view: a JSON object with `outcome`, `public_state` and `bonus_triggered`. */
  readonly view: string;
  /** It is true where the next round of this log must be a bonus action. */
  readonly bonusActive: boolean;
  readonly balanceBeforeMinor: MinorAmount;
  /** The player is told this balance: the one after the debit, plus the win. */
  readonly balanceAfterMinor: MinorAmount;
}

interface Progress {
  /** It rises whenever another actor takes the round over. An actor with an older epoch can write nothing. */
  readonly epoch: number;
  readonly updatedAtMs: number;
  /** The MAC of the terms and of the present state. */
  readonly mac: Uint8Array;
  /** Only a round that is in the archive has it. */
  readonly expiry?: RoundExpiry | undefined;
}

/** The ledger may delete the round from this time on. */
export interface RoundExpiry {
  readonly expiresAtMs: number;
  readonly mac: Uint8Array;
}

/** The stake was not taken for this reason. The wallet refused it, or it could not be reached. */
export type RoundRefusal = RefusalCode | 'WALLET_UNAVAILABLE';

export type VoidReason =
  | 'DEBIT_UNKNOWN'
  | 'REFUSED_AFTER_UNKNOWN'
  | 'ENGINE_FAILED_AFTER_UNKNOWN'
  | 'ABANDONED';

export type IntentRound = RoundTerms & Progress & { readonly status: 'INTENT' };
export type CommittedRound = RoundTerms &
  Progress & { readonly status: 'COMMITTED'; readonly outcome: Outcome };
export type CreditedRound = RoundTerms &
  Progress & { readonly status: 'CREDITED'; readonly outcome: Outcome };
export type RejectedRound = RoundTerms &
  Progress & { readonly status: 'REJECTED'; readonly refusal: RoundRefusal };
export type FailedRound = RoundTerms & Progress & { readonly status: 'FAILED'; readonly failure: string };
export type VoidingRound = RoundTerms &
  Progress & { readonly status: 'VOIDING'; readonly reason: VoidReason };
export type VoidedRound = RoundTerms & Progress & { readonly status: 'VOIDED'; readonly reason: VoidReason };

export type Round =
  | IntentRound
  | CommittedRound
  | CreditedRound
  | RejectedRound
  | FailedRound
  | VoidingRound
  | VoidedRound;

export type RoundStatus = Round['status'];

/** The terms of a round that the ledger does not know yet. */
export type NewTerms = Omit<RoundTerms, 'intentMac'>;

/** A round that the ledger does not know yet. A round without a stake has its result at once. */
export type NewRound = NewTerms &
  Omit<Progress, 'mac' | 'expiry'> &
  (
    | { readonly status: 'INTENT' }
    | { readonly status: 'COMMITTED'; readonly outcome: Outcome }
    | { readonly status: 'FAILED'; readonly failure: string }
  );

/** Names the call that debits the stake. A rollback undoes this call. */
export function stakeMovementOf({
  walletCalls,
}: Pick<RoundTerms, 'walletCalls'>): Exclude<MoneyMovement, 'credit'> {
  return walletCalls === 'bet-win' ? 'bet-win' : 'debit';
}

/** It is undefined where the round has no stake. */
export function stakeTransactionId(round: RoundTerms): TransactionId | undefined {
  return round.stakeMinor > 0n ? transactionId(round, stakeMovementOf(round)) : undefined;
}

/** It is undefined where the round has no win. */
export function winTransactionId(round: Round): TransactionId | undefined {
  if (!hasOutcome(round) || round.outcome.winMinor === 0n) return undefined;
  return transactionId(round, round.walletCalls === 'bet-win' ? 'bet-win' : 'credit');
}

/** Says whether nothing is left to do, because no money is owed in either direction. */
export function isFinal(round: Round): boolean {
  switch (round.status) {
    case 'INTENT':
    case 'VOIDING':
      return false;
    case 'COMMITTED':
      return round.outcome.winMinor === 0n;
    default:
      return true;
  }
}

/**
 * Says whether the stake is in doubt, so that no other round of the log may start. A committed round only waits for its
 * own credit.
 */
export function isInFlight(round: Round): boolean {
  return round.status === 'INTENT' || round.status === 'VOIDING';
}

/** Says whether the owner of the round's epoch may still be at work. */
export function isHeld({ updatedAtMs }: Round, leaseMs: number, nowMs: number): boolean {
  return nowMs - updatedAtMs < leaseMs;
}

export function hasOutcome(round: Round): round is CommittedRound | CreditedRound {
  return round.status === 'COMMITTED' || round.status === 'CREDITED';
}

/** Says whether the win of a committed round must still be credited. */
export function owesCredit(round: Round): round is CommittedRound {
  return round.status === 'COMMITTED' && round.outcome.winMinor > 0n;
}

/**
 * Says whether the round has a last rollback, which is owed until the wallet acknowledges it. Only a round with a stake
 * has an intent, so only such a round is ever voided.
 */
export function owesLastRollback(round: Round): round is VoidedRound {
  return round.status === 'VOIDED';
}

/** The next round of a log gets this number. @param newest is undefined where the log has no round */
export function nextNumberAfter(newest: Pick<RoundTerms, 'number'> | undefined): number {
  return (newest?.number ?? 0) + 1;
}

/** The next round of a log carries this on from the newest one. */
export interface Continuation {
  readonly bonusActive: boolean;
  readonly baseBetMinor: MinorAmount;
  readonly currency: string;
  readonly engineHash: string;
  /** It is undefined where an earlier bonus action did not record it. */
  readonly gameSoFar: GameSoFar | undefined;
}

/** A round without an outcome leaves everything as it found it. A bonus action can only have found a bonus. */
export function continuationOf(newest: Round): Continuation {
  const bonusActive = hasOutcome(newest) ? newest.outcome.bonusActive : newest.kind === 'bonus';
  const { baseBetMinor, currency, engineHash } = newest;
  return { bonusActive, baseBetMinor, currency, engineHash, gameSoFar: gameAfter(newest) };
}

function gameAfter(round: Round): GameSoFar | undefined {
  const before = gameBefore(round);
  if (!before || !hasOutcome(round)) return before;
  const payoutMillionths = before.payoutMillionths + round.outcome.payoutMillionths;
  return { ...before, steps: before.steps + 1, payoutMillionths };
}

/** It is undefined where an earlier bonus action did not record it. */
export function gameBefore({
  kind,
  action,
  gameSoFar,
}: Pick<NewTerms, 'kind' | 'action' | 'gameSoFar'>): GameSoFar | undefined {
  return kind === 'spin' ? { openedBy: action, steps: 0, payoutMillionths: 0n } : gameSoFar;
}
