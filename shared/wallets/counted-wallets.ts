import type { Telemetry } from '../foundation/telemetry.ts';
import type {
  CreditReply,
  RollbackReply,
  Wallet,
  WalletReply,
  Wallets,
  WalletTransaction,
} from './wallet.ts';
import type { OperatorId, WalletId } from '../foundation/ids.ts';

type Reply = WalletReply | CreditReply | RollbackReply;
type Call = 'debit' | 'credit' | 'bet-win' | 'rollback';

/**
 * Counts and logs each call of a wallet that moved no money for certain. These are an unknown answer to any call, and a
 * refused credit, which is owed all the same. A refused debit is an answer. An odd balance is counted, too.
 */
export function countedWallets(wallets: Wallets, telemetry: Telemetry): Wallets {
  return {
    of: (operator, walletId) =>
      countedWallet(wallets.of(operator, walletId), { operatorId: operator.operatorId, walletId }, telemetry),
  };
}

function countedWallet(
  wallet: Wallet,
  place: { readonly operatorId: OperatorId; readonly walletId: WalletId },
  telemetry: Telemetry,
): Wallet {
  const watch = async <R extends Reply>(
    call: Call,
    { roundId }: WalletTransaction,
    answering: Promise<R>,
  ): Promise<R> => {
    const reply = await answering;
    const reason = unacknowledgedReason(call, reply);
    if (reason !== undefined) {
      telemetry.count('WalletUnknown');
      if (reason === 'TRANSACTION_MISMATCH') telemetry.count('WalletTransactionMismatch');
      telemetry.warn('The wallet did not settle a round', { roundId, ...place, call, reason });
    }
    if (reply.kind === 'acknowledged' && 'oddBalance' in reply) {
      telemetry.count('WalletBalanceOdd');
      const { oddBalance } = reply;
      telemetry.warn('The wallet told an odd balance', { roundId, ...place, call, oddBalance });
    }
    return reply;
  };
  return {
    ready: () => wallet.ready(),
    balance: (playerId, currency) => wallet.balance(playerId, currency),
    authenticate: (token, playerId) => wallet.authenticate(token, playerId),
    debit: (transaction) => watch('debit', transaction, wallet.debit(transaction)),
    betWin: (transaction) => watch('bet-win', transaction, wallet.betWin(transaction)),
    credit: (transaction) => watch('credit', transaction, wallet.credit(transaction)),
    rollback: (transaction) => watch('rollback', transaction, wallet.rollback(transaction)),
  };
}

function unacknowledgedReason(call: Call, reply: Reply): string | undefined {
  if (reply.kind === 'unknown') return reply.reason;
  return reply.kind === 'refused' && call === 'credit' ? reply.code : undefined;
}
