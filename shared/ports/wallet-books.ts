import type { Operator } from '../domain/operator.ts';
import type { BookedTransaction } from '../domain/reconciliation.ts';

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
