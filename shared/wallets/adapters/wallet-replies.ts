import * as z from 'zod';
import { currencyOf } from '../../money/currency.ts';
import { parseAmount } from '../../money/money.ts';
import type {
  AuthenticatedPlayer,
  CreditReply,
  RollbackReply,
  Settled,
  UnknownReason,
  WalletReply,
  WalletTransaction,
} from '../wallet.ts';
import type { Exchange } from './wallet-exchange.ts';
import type { PlayerId } from '../../foundation/ids.ts';

/** Further fields are ignored. A reply of success that also carries an error code contradicts itself. */
const success = { currency: z.string(), balance: z.string(), code: z.undefined().optional() };
const Movement = z.object({ transaction_id: z.string(), ...success });
const Settlement = z.object({ transaction_id: z.string(), code: success.code });
const Account = z.object({ player_id: z.string(), ...success });
const Refusal = z.object({ code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), message: z.string() });

/**
 * With these codes a wallet says that it looked at a movement and moved nothing. Another code may say that the movement was
 * made before, such as ALREADY_PROCESSED, so it proves nothing.
 */
const PROVEN_REFUSALS: readonly string[] = [
  'BALANCE_LIMIT',
  'CURRENCY_MISMATCH',
  'INVALID_AMOUNT',
  'INVALID_REQUEST',
  'INVALID_SIGNATURE',
  'STALE_TIMESTAMP',
  'TRANSACTION_ROLLED_BACK',
  'UNKNOWN_CURRENCY',
  'UNKNOWN_PLAYER',
];

const TOKEN_REFUSALS: readonly string[] = ['INVALID_TOKEN', 'UNKNOWN_PLAYER', 'PLAYER_BLOCKED'];

type Acknowledged = Extract<WalletReply, { kind: 'acknowledged' }>;
type Refused = Extract<WalletReply, { kind: 'refused' }>;
type Unknown = Extract<WalletReply, { kind: 'unknown' }>;
type Verdict = { readonly kind: 'success' } | { readonly kind: 'coded'; readonly code: string } | Unknown;

const unknown = (reason: UnknownReason): Unknown => ({ kind: 'unknown', reason });

/** Sorts the reply to a debit or bet-win. It is a refusal only where it proves that nothing was taken. */
export function sortMovement(answer: Exchange, transaction: WalletTransaction): WalletReply {
  const verdict = judge(answer);
  switch (verdict.kind) {
    case 'success':
      return movementOf(answer, transaction);
    case 'coded':
      return refusalOf(verdict.code);
    default:
      return verdict;
  }
}

/** Sorts the reply to a credit. Its status and transaction id decide. An odd balance is only told. */
export function sortCredit(answer: Exchange, transaction: WalletTransaction): CreditReply {
  const verdict = judge(answer);
  switch (verdict.kind) {
    case 'success':
      return settlementOf(answer, transaction);
    case 'coded':
      return refusalOf(verdict.code);
    default:
      return verdict;
  }
}

/** Sorts the reply to a rollback. This is the only call to which "not found" is an answer. */
export function sortRollback(answer: Exchange, transaction: WalletTransaction): RollbackReply {
  const verdict = judge(answer);
  if (verdict.kind === 'success') return settlementOf(answer, transaction);
  if (verdict.kind === 'unknown') return verdict;
  if (verdict.code === 'TRANSACTION_MISMATCH') return unknown('TRANSACTION_MISMATCH');
  if (verdict.code === 'TRANSACTION_NOT_FOUND' && answer.status === 404) return { kind: 'not-found' };
  return { kind: 'unknown', reason: 'REFUSED' };
}

export function sortBalance(answer: Exchange, playerId: PlayerId, currency: string): WalletReply {
  const verdict = judge(answer);
  if (verdict.kind === 'coded') return refusalOf(verdict.code);
  if (verdict.kind === 'unknown') return verdict;
  const account = read(Account, answer);
  if (account?.player_id !== playerId) return unknown('UNREADABLE');
  return amountIn(account, currency);
}

export type AuthenticationReply =
  | { readonly kind: 'accepted'; readonly player: AuthenticatedPlayer }
  /** The wallet knows no such token for this player. A refusal of our own signature is something else. */
  | { readonly kind: 'rejected' }
  | Unknown;

export function sortAuthentication(answer: Exchange, playerId: PlayerId): AuthenticationReply {
  const verdict = judge(answer);
  if (verdict.kind === 'unknown') return verdict;
  if (verdict.kind === 'coded') {
    return TOKEN_REFUSALS.includes(verdict.code) ? { kind: 'rejected' } : unknown('UNREADABLE');
  }
  const account = read(Account, answer);
  if (account?.player_id !== playerId) return unknown('UNREADABLE');
  const { currency } = account;
  const balance = amountIn(account, currency);
  return balance.kind === 'acknowledged' ? { kind: 'accepted', player: { playerId, currency } } : balance;
}

/** Reads the wallet's own code of a refusal, for logs. */
export function codeOf(answer: Exchange): string | undefined {
  const verdict = judge(answer);
  return verdict.kind === 'coded' ? verdict.code : undefined;
}

function judge(answer: Exchange): Verdict {
  if (answer.kind === 'unknown') return unknown(answer.reason);
  if (answer.status === 200) return { kind: 'success' };
  const refusal = read(Refusal, answer);
  return refusal ? { kind: 'coded', code: refusal.code } : unknown('UNREADABLE');
}

function movementOf(
  answer: Exchange,
  { transactionId, currency }: WalletTransaction,
): Acknowledged | Unknown {
  const movement = read(Movement, answer);
  if (!movement) return unknown('UNREADABLE');
  if (movement.transaction_id !== transactionId) return unknown('WRONG_TRANSACTION');
  return amountIn(movement, currency);
}

/** @returns unknown where the reply does not name the transaction */
function settlementOf(answer: Exchange, transaction: WalletTransaction): Settled | Unknown {
  const settlement = read(Settlement, answer);
  if (!settlement) return unknown('UNREADABLE');
  if (settlement.transaction_id !== transaction.transactionId) return unknown('WRONG_TRANSACTION');
  const movement = movementOf(answer, transaction);
  if (movement.kind === 'acknowledged') return { kind: 'acknowledged' };
  const oddBalance = movement.reason === 'WRONG_CURRENCY' ? 'WRONG_CURRENCY' : 'UNREADABLE';
  return { kind: 'acknowledged', oddBalance };
}

function amountIn(
  { balance, currency }: { readonly balance: string; readonly currency: string },
  expectedCurrency: string,
): Acknowledged | Unknown {
  if (currency !== expectedCurrency) return unknown('WRONG_CURRENCY');
  try {
    return { kind: 'acknowledged', balanceMinor: parseAmount(balance, currencyOf(currency)) };
  } catch {
    return unknown('UNREADABLE');
  }
}

function refusalOf(code: string): Refused | Unknown {
  switch (code) {
    case 'INSUFFICIENT_FUNDS':
    case 'LIMIT_REACHED':
    case 'PLAYER_BLOCKED':
      return { kind: 'refused', code };
    case 'TRANSACTION_MISMATCH':
      return unknown('TRANSACTION_MISMATCH');
    // This code answers a rollback only. It says nothing of a movement that is being requested.
    case 'TRANSACTION_NOT_FOUND':
      return unknown('UNREADABLE');
    default:
      return PROVEN_REFUSALS.includes(code)
        ? { kind: 'refused', code: 'WALLET_REFUSED' }
        : unknown('UNLISTED_REFUSAL');
  }
}

function read<S extends z.ZodType>(schema: S, answer: Exchange): z.output<S> | undefined {
  return answer.kind === 'answered' ? schema.safeParse(answer.body).data : undefined;
}
