import type { MinorAmount } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import type { RoundId, TransactionId, WalletId } from '../foundation/ids.ts';

/** One transaction that must be on the wallet's books, or that is on them. */
export interface Movement {
  readonly transactionId: TransactionId;
  readonly playerId: string;
  readonly currency: string;
  readonly amountMinor: MinorAmount;
}

/** A call that the wallet says it has done. A refused call is not on its books. */
export interface BookedTransaction extends Movement {
  readonly kind: 'debit' | 'credit' | 'rollback' | 'bet-win';
  readonly roundId: string;
  readonly gameCode: string;
  /** A bet-win credited this besides debiting `amountMinor`. Its rollback took this back. It is 0 otherwise. */
  readonly winMinor: MinorAmount;
  /** The time by the wallet's clock. */
  readonly atMs: number;
}

/** Selects transactions of an operator: those of a period by the wallet's clock, or all that name a round. */
export type BookSelection =
  | { readonly fromMs: number; readonly toMs: number }
  | { readonly roundId: RoundId };

export interface BookPage {
  /**
   * These transactions moved money; they have no order. They may include some that were not asked for. Ids are printable
   * ASCII without spaces.
   */
  readonly transactions: readonly BookedTransaction[];
  /** It is undefined on the last page, and never the `after` that was asked for. */
  readonly next: string | undefined;
}

/** Reads a wallet's own list of its transactions, which not every wallet offers. */
export interface WalletBooks {
  /**
   * It is undefined where the wallet offers no list. @throws DependencyError WALLET_UNAVAILABLE, WALLET_LIST_UNREADABLE
   */
  page(
    operator: Operator,
    walletId: WalletId,
    selection: BookSelection,
    after?: string,
  ): Promise<BookPage | undefined>;
}
