import type { CodeOf } from '../foundation/errors.ts';
import type { MinorAmount } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import type { GameCode, PlayerId, RoundId, SessionId, TransactionId, WalletId } from '../foundation/ids.ts';

/** The wallet refused cleanly for one of these reasons, and nothing was taken. */
export type RefusalCode = Exclude<CodeOf<'refusal'>, 'ROUND_VOIDED' | 'ROUND_FAILED'>;

/** One movement of money. The same transaction is always the same bytes on the wire. */
export interface WalletTransaction {
  readonly transactionId: TransactionId;
  readonly roundId: RoundId;
  readonly playerId: PlayerId;
  readonly gameCode: GameCode;
  readonly sessionId: SessionId;
  readonly currency: string;
  readonly amountMinor: MinorAmount;
}

/** The stake and the win of one round, which move together or not at all. `amountMinor` is the stake. */
export interface BetWinTransaction extends WalletTransaction {
  readonly winMinor: MinorAmount;
}

/**
 * For one of these reasons nobody knows if a transaction took effect. NOT_SENT says that this very call did not, because no
 * connection was made; an earlier call may have. TRANSACTION_MISMATCH raises an alarm, because the id is known for another
 * payload.
 */
export type UnknownReason =
  | 'NOT_SENT'
  | 'TIMEOUT'
  | 'CONNECTION'
  | 'SERVER_ERROR'
  | 'UNREADABLE'
  | 'UNLISTED_REFUSAL'
  | 'WRONG_CURRENCY'
  | 'WRONG_TRANSACTION'
  | 'TRANSACTION_MISMATCH';

/** A wallet's reply, sorted into the three things that it can mean. It is never an exception. */
export type WalletReply =
  | { readonly kind: 'acknowledged'; readonly balanceMinor: MinorAmount }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** A credit or a rollback is done. `oddBalance` says what is wrong with the balance in its reply. */
export interface Settled {
  readonly kind: 'acknowledged';
  readonly oddBalance?: 'WRONG_CURRENCY' | 'UNREADABLE';
}

/** A credit is acknowledged by its status and its transaction id alone, because nothing follows from its balance. */
export type CreditReply = Settled | Exclude<WalletReply, { readonly kind: 'acknowledged' }>;

/** There is nothing to roll back of an unknown transaction. This is the only call for which "not found" is an answer. */
export type RollbackReply =
  | Settled
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason | 'REFUSED' };

export interface AuthenticatedPlayer {
  readonly playerId: PlayerId;
  readonly currency: string;
}

export interface Wallet {
  /** Checks without a call that the wallet could be called. @throws DependencyError WALLET_UNAVAILABLE */
  ready(): Promise<void>;
  debit(transaction: WalletTransaction): Promise<WalletReply>;
  credit(transaction: WalletTransaction): Promise<CreditReply>;
  /** Serves operators with `walletCalls: 'bet-win'`. */
  betWin(transaction: BetWinTransaction): Promise<WalletReply>;
  /** `transaction` is the debit to roll back. For a bet-win it is the stake, and both of its parts are rolled back. */
  rollback(transaction: WalletTransaction): Promise<RollbackReply>;
  balance(playerId: PlayerId, currency: string): Promise<WalletReply>;
  /** It is undefined where the wallet does not accept the token. @throws DependencyError WALLET_UNAVAILABLE */
  authenticate(token: string, playerId: PlayerId): Promise<AuthenticatedPlayer | undefined>;
}

export interface Wallets {
  /** A round is settled at the wallet that it names. Everything else is asked of the operator's current one. */
  of(operator: Operator, walletId: WalletId): Wallet;
}
