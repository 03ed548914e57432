import * as z from 'zod';
import { currencyOf } from '../../money/currency.ts';
import { DependencyError } from '../../foundation/errors.ts';
import { NOTHING, parseAmount } from '../../money/money.ts';
import { GameCode } from '../../foundation/ids.ts';
import type { BookedTransaction } from '../wallet-books.ts';
import type { BookPage, BookSelection, WalletBooks } from '../wallet-books.ts';
import {
  type CalledWallet,
  calledWallet,
  type Exchange,
  exchange,
  type WalletConnection,
} from './wallet-exchange.ts';
import { codeOf } from './wallet-replies.ts';

/** So many transactions fit the 64 KiB of a reply with room to spare. One takes some 400 bytes. */
const PAGE_SIZE = 100;
/** Reading moves no money, so a page is requested once more where its reply was lost. */
const ATTEMPTS = 2;

/** Reports print ids as they are. */
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'printable ASCII without spaces, at most 128');
const Entry = z.object({
  kind: z.enum(['debit', 'credit', 'rollback', 'bet-win']),
  transaction_id: id.brand<'TransactionId'>(),
  round_id: id,
  player_id: id,
  game_code: GameCode,
  currency: z.string(),
  amount: z.string(),
  win: z.string().nullish(),
  at: z.iso.datetime({ offset: true }),
  refusal: z.string().nullish(),
});
const Page = z.object({
  transactions: z.array(Entry),
  next: z.string().min(1).max(256).nullable(),
  code: z.undefined().optional(),
});

/** Reads operators' lists of transactions over HTTP, by docs/wallet-api.md. */
export function httpWalletBooks(connection: WalletConnection): WalletBooks {
  return {
    async page(operator, walletId, selection, after) {
      const called = calledWallet(operator, walletId);
      const fields = () => fieldsOf(selection, after);
      let answer: Exchange;
      for (let attempt = 1; ; attempt += 1) {
        answer = await exchange(connection, called, 'transactions', fields);
        if (answer.kind === 'answered' || attempt === ATTEMPTS) break;
      }
      return pageOf(answer, called, after);
    },
  };
}

function fieldsOf(selection: BookSelection, after: string | undefined): Record<string, string | number> {
  const which =
    'roundId' in selection
      ? { round_id: selection.roundId }
      : { from: new Date(selection.fromMs).toISOString(), to: new Date(selection.toMs).toISOString() };
  return { ...which, limit: PAGE_SIZE, ...(after !== undefined && { after }) };
}

/** @throws DependencyError WALLET_UNAVAILABLE, WALLET_LIST_UNREADABLE */
function pageOf(answer: Exchange, called: CalledWallet, after: string | undefined): BookPage | undefined {
  const wallet = `wallet ${called.walletId} of ${called.operatorId}`;
  if (answer.kind === 'unknown' && answer.reason !== 'UNREADABLE') {
    const message = `The ${wallet} did not answer with its list of transactions: ${answer.reason}`;
    throw new DependencyError('WALLET_UNAVAILABLE', message);
  }
  const code = codeOf(answer);
  if (answer.status === 404 && code === 'UNKNOWN_ROUTE') return undefined;
  try {
    if (answer.kind === 'unknown' || answer.status !== 200) throw new TypeError('No page');
    const { transactions, next } = Page.parse(answer.body);
    // Such a list would never end.
    if (next !== null && (transactions.length === 0 || next === after)) throw new TypeError('No next page');
    const moved = transactions.filter(({ refusal }) => refusal === undefined || refusal === null);
    return { transactions: moved.map(bookedTransaction), next: next ?? undefined };
  } catch (cause) {
    const message = `The list of transactions of the ${wallet} cannot be read: ${code ?? 'UNREADABLE'}`;
    throw new DependencyError('WALLET_LIST_UNREADABLE', message, { cause });
  }
}

/** @throws RequestError where amount or currency are invalid */
function bookedTransaction(entry: z.output<typeof Entry>): BookedTransaction {
  const currency = currencyOf(entry.currency);
  return {
    kind: entry.kind,
    transactionId: entry.transaction_id,
    roundId: entry.round_id,
    playerId: entry.player_id,
    gameCode: entry.game_code,
    currency: entry.currency,
    amountMinor: parseAmount(entry.amount, currency),
    winMinor: typeof entry.win === 'string' ? parseAmount(entry.win, currency) : NOTHING,
    atMs: Date.parse(entry.at),
  };
}
