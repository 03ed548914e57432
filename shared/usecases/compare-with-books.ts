import { DependencyError } from '../domain/errors.ts';
import type { Operator } from '../domain/operator.ts';
import {
  type AccountedRound,
  type BookedTransaction,
  type Difference,
  differencesOf,
} from '../domain/reconciliation.ts';
import type { BookSelection, WalletBooks } from '../ports/wallet-books.ts';
import type { Workload } from './workload.ts';

/** Undefined where the wallet offers no list. @throws RequestError PERIOD_TOO_LARGE; DependencyError WALLET_UNAVAILABLE */
export async function pagesOf(
  books: WalletBooks,
  operator: Operator,
  selection: BookSelection,
  work: Workload,
): Promise<BookedTransaction[] | undefined> {
  const transactions: BookedTransaction[] = [];
  let after: string | undefined;
  do {
    const page = await books.page(operator, selection, after);
    if (!page) return undefined;
    // An empty page counts too: there may be no end of them.
    work.spend('transactions', Math.max(1, page.transactions.length));
    transactions.push(...page.transactions);
    after = page.next;
  } while (after !== undefined);
  return transactions;
}

/** Those that do not fit the books of the period. */
export function doubtful(
  rounds: readonly AccountedRound[],
  listed: readonly BookedTransaction[],
): AccountedRound[] {
  const byRound = Map.groupBy(listed, ({ roundId }) => roundId);
  return rounds.filter((round) => differencesOf(round, byRound.get(round.roundId) ?? []).length > 0);
}

/**
 * Compares each round with everything that the wallet has of it.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError WALLET_UNAVAILABLE
 */
export async function compare(
  books: WalletBooks,
  operator: Operator,
  rounds: readonly AccountedRound[],
  work: Workload,
): Promise<Difference[]> {
  const differences = await work.lookUp(rounds, async (round) => {
    const { roundId } = round;
    const all = await pagesOf(books, operator, { roundId }, work);
    if (!all) {
      throw new DependencyError('WALLET_UNAVAILABLE', "The wallet does not list a round's transactions");
    }
    return differencesOf(
      round,
      all.filter((transaction) => transaction.roundId === roundId),
    );
  });
  return differences.flat();
}
