import type { CodeOf } from '../foundation/errors.ts';
import type { Operator } from '../operators/operator.ts';

/** Why a wallet said no, cleanly: nothing was taken. */
export type RefusalCode = Exclude<CodeOf<'refusal'>, 'ROUND_VOIDED' | 'ROUND_FAILED'>;

/** One movement of money. The same transaction is always the same bytes on the wire. */
export interface WalletTransaction {
  readonly transactionId: string;
  readonly roundId: string;
  readonly playerId: string;
  readonly gameCode: string;
  readonly sessionId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** Stake and win of one round, moved together or not at all; `amountMinor` is the stake. */
export interface BetWinTransaction extends WalletTransaction {
  readonly winMinor: bigint;
}

/** Why it is not known whether a call took effect. TRANSACTION_MISMATCH is an alarm: the id is known for another payload. */
export type UnknownReason =
  | 'TIMEOUT'
  | 'CONNECTION'
  | 'SERVER_ERROR'
  | 'UNREADABLE'
  | 'WRONG_CURRENCY'
  | 'WRONG_TRANSACTION'
  | 'TRANSACTION_MISMATCH';

/** A wallet's reply, sorted into the three things it can mean. Never an exception. */
export type WalletReply =
  | { readonly kind: 'acknowledged'; readonly balanceMinor: bigint }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** An unknown transaction is nothing to roll back: the only call for which "not found" is an answer. */
export type RollbackReply =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason | 'REFUSED' };

export interface AuthenticatedPlayer {
  readonly playerId: string;
  readonly currency: string;
}

export interface Wallet {
  /** Looks, without calling it, whether it could be called. @throws DependencyError WALLET_UNAVAILABLE */
  ready(): Promise<void>;
  debit(transaction: WalletTransaction): Promise<WalletReply>;
  credit(transaction: WalletTransaction): Promise<WalletReply>;
  /** For operators with `walletCalls: 'bet-win'`. */
  betWin(transaction: BetWinTransaction): Promise<WalletReply>;
  /** `transaction` is the debit to undo, or the stake of the bet-win of which both parts are to be undone. */
  rollback(transaction: WalletTransaction): Promise<RollbackReply>;
  balance(playerId: string, currency: string): Promise<WalletReply>;
  /** Undefined where the wallet does not accept the token. @throws DependencyError WALLET_UNAVAILABLE */
  authenticate(token: string, playerId: string): Promise<AuthenticatedPlayer | undefined>;
}

export interface Wallets {
  of(operator: Operator): Wallet;
}
