import type { Operator } from '../operators/operator.ts';

/** One transaction that must be on the wallet's books, or one that is. */
export interface Movement {
  readonly transactionId: string;
  readonly playerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** What a wallet says that it has done. A refused call is none. */
export interface BookedTransaction extends Movement {
  readonly kind: 'debit' | 'credit' | 'rollback' | 'bet-win';
  readonly roundId: string;
  readonly gameCode: string;
  /** Of a bet-win, what it paid besides taking `amountMinor`; of its rollback, what it took back; otherwise 0. */
  readonly winMinor: bigint;
  /** By the wallet's clock. */
  readonly atMs: number;
}

/** Which transactions of an operator: those of a period by the wallet's clock, or all that name a round. */
export type BookSelection = { readonly fromMs: number; readonly toMs: number } | { readonly roundId: string };

export interface BookPage {
  /** What moved money; in no order. May hold what was not asked for. Ids are printable ASCII without spaces. */
  readonly transactions: readonly BookedTransaction[];
  /** Undefined on the last page; never the `after` that was asked for. */
  readonly next: string | undefined;
}

/** A wallet's own list of what it has done, which not every wallet offers. */
export interface WalletBooks {
  /** Undefined where the wallet offers no list. @throws DependencyError WALLET_UNAVAILABLE, WALLET_LIST_UNREADABLE */
  page(operator: Operator, selection: BookSelection, after?: string): Promise<BookPage | undefined>;
}
