import { ids } from '../../shared/foundation/ids.fixture.ts';
import { minorAmount } from '../../shared/money/money.ts';
import type { RollbackReply, WalletReply, WalletTransaction } from '../../shared/wallets/wallet.ts';
import type { SeededRandom } from './random.ts';
import type { OperatorWallet } from './wallet.ts';

/** An operator's answer over HTTP. Its body is sent as JSON, and text as it is. */
export interface HttpReply {
  readonly status: number;
  readonly body: unknown;
}

/** The body of a request: every value of docs/wallet-api.md's calls is text. */
export type Fields = Readonly<Record<string, string>>;

export type Operation = 'authenticate' | 'balance' | 'debit' | 'credit' | 'bet-win' | 'rollback';

/** These statuses are written down once more here, apart from the product. */
const STATUS_OF = {
  INSUFFICIENT_FUNDS: 402,
  LIMIT_REACHED: 403,
  PLAYER_BLOCKED: 403,
} as const;

const refusal = (status: number, code: string): HttpReply => ({ status, body: { code, message: 'No' } });

/** Serves docs/wallet-api.md from an operator's books. */
export function served(books: OperatorWallet, operation: Operation, fields: Fields): HttpReply {
  const { player_id = '', currency = '' } = fields;
  const account = (balanceMinor: bigint): HttpReply => ({
    status: 200,
    body: { player_id, currency, balance: decimal(balanceMinor) },
  });
  switch (operation) {
    case 'authenticate':
      return { status: 200, body: { player_id, currency: 'EUR', balance: '0.00' } };
    case 'balance': {
      const reply = books.balance(player_id);
      return reply.kind === 'acknowledged' ? account(reply.balanceMinor) : coded(reply);
    }
    default:
      return settled(books, fields, reached(books, operation, fields));
  }
}

/** Refuses a call that reached the wallet, because of a limit or a block. */
export function refused(books: OperatorWallet, operation: Operation, fields: Fields): HttpReply {
  switch (operation) {
    case 'authenticate':
      return refusal(401, 'INVALID_TOKEN');
    case 'debit':
      return settled(books, fields, books.refuse(transactionOf(fields)));
    case 'bet-win':
      return settled(books, fields, books.refuse(betWinOf(fields)));
    default:
      return refusal(401, 'INVALID_SIGNATURE');
  }
}

/** Replies that prove nothing, whether the call was carried out or not. */
const UNPROVEN: readonly HttpReply[] = [
  { status: 500, body: { code: 'INTERNAL_ERROR', message: 'Sorry' } },
  { status: 503, body: '<h1>Service Unavailable</h1>' },
  { status: 429, body: { code: 'LIMIT_REACHED', message: 'Too many requests' } },
  { status: 408, body: '' },
  { status: 302, body: '' },
  { status: 202, body: {} },
  { status: 400, body: {} },
  { status: 404, body: '<h1>Not Found</h1>' },
  { status: 200, body: '{"transaction_id":' },
  { status: 200, body: [] },
  {
    status: 200,
    body: { transaction_id: 'another', player_id: 'another', currency: 'EUR', balance: '1.00' },
  },
  refusal(409, 'ALREADY_PROCESSED'),
  refusal(401, 'SESSION_EXPIRED'),
];
/** A wallet that has credited another win under the id is a case for a person, so no world has one. */
const UNPROVEN_EXCEPT_OF_CREDITS = [...UNPROVEN, refusal(409, 'TRANSACTION_MISMATCH')];

/**
 * Draws a reply that proves nothing about the money.
 * @param answer is what the wallet answered, where it carried the call out: its id and status are still right
 */
export function unproven(
  random: SeededRandom,
  operation: Operation,
  answer: HttpReply | undefined,
): HttpReply {
  const { status, body } = answer ?? {};
  const isSuccess = status === 200 && typeof body === 'object' && body !== null;
  if (!isSuccess || random.chance(0.5))
    return random.pick(operation === 'credit' ? UNPROVEN : UNPROVEN_EXCEPT_OF_CREDITS);
  const odd = random.pick([{ balance: '1e3' }, { balance: 12 }, { balance: '1.005' }, { currency: 'USD' }]);
  return { status: 200, body: { ...body, ...odd } };
}

function reached(
  books: OperatorWallet,
  operation: 'debit' | 'credit' | 'bet-win' | 'rollback',
  fields: Fields,
): WalletReply | RollbackReply {
  if (operation === 'bet-win') return books.betWin(betWinOf(fields));
  return books[operation](transactionOf(fields));
}

function settled(books: OperatorWallet, fields: Fields, reply: WalletReply | RollbackReply): HttpReply {
  if (reply.kind !== 'acknowledged') return coded(reply);
  const { transaction_id, player_id = '', currency } = fields;
  const balanceMinor = 'balanceMinor' in reply ? reply.balanceMinor : books.toldBalanceOf(player_id);
  return { status: 200, body: { transaction_id, currency, balance: decimal(balanceMinor) } };
}

function coded(reply: Exclude<WalletReply | RollbackReply, { readonly kind: 'acknowledged' }>): HttpReply {
  if (reply.kind === 'not-found') return refusal(404, 'TRANSACTION_NOT_FOUND');
  if (reply.kind === 'unknown')
    return reply.reason === 'REFUSED' ? refusal(402, 'INSUFFICIENT_FUNDS') : refusal(409, reply.reason);
  const { code } = reply;
  return code in STATUS_OF
    ? refusal(STATUS_OF[code as keyof typeof STATUS_OF], code)
    : refusal(409, 'TRANSACTION_ROLLED_BACK');
}

function transactionOf(fields: Fields): WalletTransaction {
  const { transaction_id = '', round_id = '', player_id = '', session_id = '', game_code = '' } = fields;
  return {
    transactionId: ids.transaction(transaction_id),
    roundId: ids.round(round_id),
    playerId: ids.player(player_id),
    gameCode: ids.game(game_code),
    sessionId: ids.session(session_id),
    currency: fields['currency'] ?? '',
    amountMinor: minor(fields['amount']),
  };
}

function betWinOf(fields: Fields) {
  return { ...transactionOf(fields), winMinor: minor(fields['win']) };
}

/** Reads an amount of a currency with two decimals. */
function minor(amount = '') {
  if (!/^\d+\.\d\d$/.test(amount)) throw new Error(`a wallet was sent ${amount} as an amount`);
  return minorAmount(BigInt(amount.replace('.', '')));
}

function decimal(balanceMinor: bigint): string {
  const digits = String(balanceMinor).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
