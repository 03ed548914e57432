import { currencyOf } from '../../money/currency.ts';
import { DependencyError } from '../../foundation/errors.ts';
import { formatAmount } from '../../money/money.ts';
import type { Telemetry } from '../../foundation/telemetry.ts';
import type {
  BetWinTransaction,
  CreditReply,
  RollbackReply,
  Wallet,
  WalletReply,
  Wallets,
  WalletTransaction,
} from '../wallet.ts';
import {
  type CalledWallet,
  calledWallet,
  type Exchange,
  exchange,
  type WalletConnection,
  type WalletOperation,
} from './wallet-exchange.ts';
import {
  codeOf,
  sortAuthentication,
  sortBalance,
  sortCredit,
  sortMovement,
  sortRollback,
} from './wallet-replies.ts';
import type { TransactionId } from '../../foundation/ids.ts';

export interface HttpWalletsOptions extends WalletConnection {
  /** Reports why a call was not acknowledged. The HTTP status and the wallet's own code are seen nowhere else. */
  readonly telemetry: Telemetry;
}

/**
 * Calls operators' wallets over HTTP, by docs/wallet-api.md. Each call is one attempt; the caller decides on another.
 */
export function httpWallets(options: HttpWalletsOptions): Wallets {
  return {
    of: (operator, walletId) => httpWallet(options, calledWallet(operator, walletId)),
  };
}

function httpWallet(options: HttpWalletsOptions, called: CalledWallet): Wallet {
  async function move<R extends WalletReply | CreditReply | RollbackReply>(
    operation: 'debit' | 'credit' | 'bet-win' | 'rollback',
    transaction: WalletTransaction | BetWinTransaction,
    sort: (answer: Exchange, transaction: WalletTransaction) => R,
  ): Promise<R> {
    const answer = await exchange(options, called, operation, () => fieldsOf(transaction));
    const reply = sort(answer, transaction);
    report(options.telemetry, called, operation, answer, reply, transaction.transactionId);
    return reply;
  }

  return {
    ready: async () => {
      try {
        await options.secret(called.walletSecretName);
      } catch (cause) {
        throw new DependencyError(
          'WALLET_UNAVAILABLE',
          "The key of the operator's wallet cannot be read; nothing was taken",
          { cause },
        );
      }
    },
    debit: (transaction) => move('debit', transaction, sortMovement),
    credit: (transaction) => move('credit', transaction, sortCredit),
    betWin: (transaction) => move('bet-win', transaction, sortMovement),
    rollback: (transaction) => move('rollback', transaction, sortRollback),
    balance: async (playerId, currency) => {
      const answer = await exchange(options, called, 'balance', () => ({ player_id: playerId, currency }));
      const reply = sortBalance(answer, playerId, currency);
      report(options.telemetry, called, 'balance', answer, reply);
      return reply;
    },
    authenticate: async (token, playerId) => {
      const answer = await exchange(options, called, 'authenticate', () => ({
        token,
        player_id: playerId,
      }));
      const reply = sortAuthentication(answer, playerId);
      report(options.telemetry, called, 'authenticate', answer, reply);
      if (reply.kind === 'accepted') return reply.player;
      if (reply.kind === 'rejected') return undefined;
      throw new DependencyError('WALLET_UNAVAILABLE', "The operator's wallet could not confirm the player");
    },
  };
}

/** Field order and number format are fixed, so that a repeated transaction is the same bytes. */
function fieldsOf(transaction: WalletTransaction | BetWinTransaction): Record<string, string> {
  const currency = currencyOf(transaction.currency);
  return {
    transaction_id: transaction.transactionId,
    round_id: transaction.roundId,
    player_id: transaction.playerId,
    session_id: transaction.sessionId,
    game_code: transaction.gameCode,
    amount: formatAmount(transaction.amountMinor, currency),
    ...('winMinor' in transaction && { win: formatAmount(transaction.winMinor, currency) }),
    currency: transaction.currency,
  };
}

/** A player without funds is daily business. A wallet that is down, odd or refuses us is not. */
function report(
  telemetry: Telemetry,
  { operatorId, walletId }: CalledWallet,
  operation: WalletOperation,
  answer: Exchange,
  reply: { readonly kind: string; readonly reason?: string; readonly code?: string },
  transactionId?: TransactionId,
): void {
  if (reply.kind !== 'unknown' && reply.code !== 'WALLET_REFUSED') return;
  const walletCode = codeOf(answer);
  telemetry.warn('A wallet call was not acknowledged', {
    operatorId,
    walletId,
    operation,
    outcome: reply.reason ?? reply.code ?? reply.kind,
    ...(transactionId && { transactionId }),
    ...(answer.status && { status: answer.status }),
    ...(walletCode && { walletCode }),
    ...(answer.kind === 'unknown' && answer.cause && { cause: answer.cause }),
  });
}
