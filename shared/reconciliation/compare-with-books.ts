import { isUnfinished } from '../rounds/accounted-round.ts';
import { DependencyError } from '../foundation/errors.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import { type Difference, differencesOf } from './reconciliation.ts';
import type { BookedTransaction } from '../wallets/wallet-books.ts';
import type { AccountedRound } from '../rounds/accounted-round.ts';
import type { BookSelection, WalletBooks } from '../wallets/wallet-books.ts';
import type { Workload } from '../foundation/workload.ts';

/** The clocks of wallet and game server may be that far apart; see the signature in docs/wallet-api.md. */
export const CLOCK_MARGIN_MS = 5 * 60_000;

/**
 * Reads the wallet's pages. The answer is undefined where the wallet offers no list.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError WALLET_UNAVAILABLE, WALLET_LIST_UNREADABLE
 */
export async function pagesOf(
  books: WalletBooks,
  operator: Operator,
  walletId: WalletId,
  selection: BookSelection,
  work: Workload,
): Promise<BookedTransaction[] | undefined> {
  const transactions: BookedTransaction[] = [];
  let after: string | undefined;
  do {
    const page = await books.page(operator, walletId, selection, after);
    if (!page) return undefined;
    // A page of refusals is empty and counts too, because such pages may never end.
    work.spend('transactions', Math.max(1, page.transactions.length));
    transactions.push(...page.transactions);
    after = page.next;
  } while (after !== undefined);
  return transactions;
}

/**
 * Finds the rounds that do not fit the books listed around a period, and those that may have more books than these. A
 * copy of a transaction can fit by itself. A final round is compared in the period in which it began, with the books of
 * the whole period. Suppose that these fit. A mistake then lies further from the beginning of the round than the clocks may
 * be apart. It is looked up in the period that it lies in. An unfinished round is not in the archive, so no period is sure
 * to see the books around its time.
 */
export function doubtful(
  rounds: readonly AccountedRound[],
  listed: readonly BookedTransaction[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AccountedRound[] {
  const byRound = Map.groupBy(listed, ({ roundId }) => roundId);
  return rounds.filter((round) => {
    const { startedAtMs } = round;
    const books = byRound.get(round.roundId) ?? [];
    const beganElsewhere = startedAtMs < fromMs || startedAtMs >= toMs;
    const hasFarBooks = books.some(({ atMs }) => Math.abs(atMs - startedAtMs) > CLOCK_MARGIN_MS);
    return isUnfinished(round) || (beganElsewhere && hasFarBooks) || differencesOf(round, books).length > 0;
  });
}

/**
 * Compares each round with everything that its wallet has about it.
 * @throws RequestError PERIOD_TOO_LARGE; DependencyError WALLET_UNAVAILABLE, WALLET_LIST_UNREADABLE
 */
export async function compare(
  books: WalletBooks,
  operator: Operator,
  rounds: readonly AccountedRound[],
  work: Workload,
): Promise<Difference[]> {
  const differences = await work.lookUp(rounds, async (round) => {
    const { roundId, walletId } = round;
    const all = await pagesOf(books, operator, walletId, { roundId }, work);
    if (!all) {
      throw new DependencyError('WALLET_LIST_UNREADABLE', "The wallet does not list a round's transactions");
    }
    return differencesOf(
      round,
      all.filter((transaction) => transaction.roundId === roundId),
    );
  });
  return differences.flat();
}
