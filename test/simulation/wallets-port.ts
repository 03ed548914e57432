import type { WalletId } from '../../shared/foundation/ids.ts';
import { DependencyError } from '../../shared/foundation/errors.ts';
import type {
  AuthenticatedPlayer,
  RollbackReply,
  UnknownReason,
  Wallet,
  WalletReply,
  Wallets,
  WalletTransaction,
} from '../../shared/wallets/wallet.ts';
import type { PortCall } from './faults.ts';
import { httpWalletsPort } from './http-wallet.ts';
import { invocation } from './invocation.ts';
import { LEDGER_LIMITS } from './ledger-port.ts';
import type { Movement, Reply } from './rules/wallet-calls.ts';
import { callWallet } from './wallet-network.ts';
import type { WorldView } from './world-view.ts';

/** What an HTTP reply that proves nothing can have been. */
const heardReasons: readonly UnknownReason[] = [
  'SERVER_ERROR',
  'UNREADABLE',
  'WRONG_CURRENCY',
  'WRONG_TRANSACTION',
  'TRANSACTION_MISMATCH',
];

/** A wallet that has credited another win under the id is a case for a person, so no world has one. */
const reasonsOfCredits = heardReasons.filter((reason) => reason !== 'TRANSACTION_MISMATCH');

const unsent = { kind: 'unknown', reason: 'NOT_SENT' } as const;
const unproven = { kind: 'unknown', reason: 'SERVER_ERROR' } as const;

type Unknown = { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** Operators' wallets behind a network: calls and answers are lost, late and doubled, and a wallet can be down. */
export function walletsPort(world: WorldView): Wallets {
  const wallets = world.plan.adapters ? httpWalletsPort(world) : plainWallets(world);
  return {
    of: (operator, walletId) =>
      watched(world, `${operator.operatorId}#${walletId}`, wallets.of(operator, walletId)),
  };
}

/** Their replies are sorted already, as the adapter would sort them. */
function plainWallets(world: WorldView): Wallets {
  return { of: ({ operatorId }, walletId) => walletOf(world, operatorId, walletId) };
}

/** Tells the oracle of each call that moves money, and of what its caller hears. */
function watched({ oracle }: WorldView, place: string, wallet: Wallet): Wallet {
  const watch = async <T extends WalletTransaction, R extends Reply>(
    movement: Movement,
    transaction: T,
    send: (transaction: T) => Promise<R>,
  ): Promise<R> => {
    const heard = oracle.rules.called(movement, transaction, place, invocation());
    const reply = await send(transaction);
    heard(reply);
    return reply;
  };
  return {
    ...wallet,
    debit: (transaction) => watch('debit', transaction, wallet.debit),
    betWin: (transaction) => watch('betWin', transaction, wallet.betWin),
    credit: (transaction) => watch('credit', transaction, wallet.credit),
    rollback: (transaction) => watch('rollback', transaction, wallet.rollback),
  };
}

function walletOf(world: WorldView, operatorId: string, walletId: WalletId): Wallet {
  const { wallets } = world.operatorOf(operatorId);
  const books = wallets.at(walletId);

  function call<T>(
    name: PortCall,
    effect: () => T,
    fail: (heard: boolean) => T,
    refuse: () => T,
  ): Promise<T> {
    const notSent = () => (isMovement(name) ? (unsent as T) : fail(false));
    /** The call is sent once more on a new connection. A refusal of it proves nothing. */
    const stale = () => {
      if (random.chance(0.5)) effect();
      if (random.chance(0.2)) return fail(true);
      const reply = effect();
      return isRefusal(reply) ? (unproven as T) : reply;
    };
    return callWallet(world, operatorId, name, { effect, fail, refuse, notSent, stale });
  }

  const { random } = invocation();
  const reason = (heard: boolean, reasons = heardReasons): Unknown => ({
    kind: 'unknown',
    reason: heard ? random.pick(reasons) : 'TIMEOUT',
  });
  const unanswered =
    ({ sessionId }: WalletTransaction) =>
    (heard: boolean): Unknown => {
      if (random.chance(world.plan.departureRate)) wallets.endSession(sessionId);
      return reason(heard);
    };
  const limit = (): WalletReply => ({ kind: 'refused', code: 'WALLET_REFUSED' });
  const unavailable = (): never => {
    throw new DependencyError('WALLET_UNAVAILABLE', 'The wallet could not confirm the player');
  };

  return {
    // Reads the wallet's key, which the process mostly has; a call that cannot be signed is one that fails before.
    ready: () =>
      invocation().call('wallet.ready', {
        ...LEDGER_LIMITS,
        latencyMs: [0, 1],
        effect: () => undefined,
        fail: unavailable,
      }),
    debit: (transaction) =>
      call<WalletReply>(
        'wallet.debit',
        () => books.debit(transaction),
        unanswered(transaction),
        () => books.refuse(transaction),
      ),
    betWin: (transaction) =>
      call<WalletReply>(
        'wallet.betWin',
        () => books.betWin(transaction),
        unanswered(transaction),
        () => books.refuse(transaction),
      ),
    credit: (transaction) =>
      call<WalletReply>(
        'wallet.credit',
        () => books.credit(transaction),
        (heard) => reason(heard, reasonsOfCredits),
        limit,
      ),
    rollback: (transaction) =>
      call<RollbackReply>(
        'wallet.rollback',
        () => books.rollback(transaction),
        reason,
        () => ({ kind: 'unknown', reason: 'REFUSED' }),
      ),
    balance: (playerId) => call<WalletReply>('wallet.balance', () => books.balance(playerId), reason, limit),
    authenticate: (_, playerId) =>
      call<AuthenticatedPlayer | undefined>(
        'wallet.authenticate',
        () => ({ playerId, currency: world.plan.currency }),
        unavailable,
        () => undefined,
      ),
  };
}

function isRefusal(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'refused';
}

function isMovement(name: PortCall): boolean {
  return ['wallet.debit', 'wallet.betWin', 'wallet.credit', 'wallet.rollback'].includes(name);
}
