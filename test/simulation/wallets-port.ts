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
import { type Call, invocation } from './invocation.ts';
import { LEDGER_LIMITS } from './ledger-port.ts';
import type { WorldView } from './world-view.ts';

const LATEST_MS = 10 * 60_000;

/** What an HTTP reply that proves nothing can have been. */
const heardReasons: readonly UnknownReason[] = [
  'SERVER_ERROR',
  'UNREADABLE',
  'WRONG_CURRENCY',
  'WRONG_TRANSACTION',
];

const unsent = { kind: 'unknown', reason: 'NOT_SENT' } as const;

type Unknown = { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** Operators' wallets behind a network: calls and answers are lost, late and doubled, and a wallet can be down. */
export function walletsPort(world: WorldView): Wallets {
  return { of: ({ operatorId }, walletId) => walletOf(world, operatorId, walletId) };
}

function walletOf(world: WorldView, operatorId: string, walletId: WalletId): Wallet {
  const { wallets, outages } = world.operatorOf(operatorId);
  const books = wallets.at(walletId);
  const settings = world.settings;

  function call<T>(
    name: PortCall,
    effect: () => T,
    fail: (heard: boolean) => T,
    refuse: () => T,
  ): Promise<T> {
    const limits = {
      timeoutMs: settings.walletTimeoutMs,
      latestMs: LATEST_MS,
      latencyMs: world.plan.walletLatencyMs,
    };
    const outage = outages.find(
      ({ fromMs, untilMs, only = name }) =>
        only === name && world.timeline.nowMs >= fromMs && world.timeline.nowMs < untilMs,
    );
    // Nothing reaches a wallet that is down; what more could go wrong with the call makes no difference.
    if (outage?.silent) return unreachable(world, name, fail, limits.timeoutMs);
    if (outage)
      return unreachable(world, name, isMovement(name) ? () => unsent as T : fail, limits.latencyMs[1]);
    return invocation().call<T>(name, {
      ...limits,
      effect,
      fail,
      own: { refused: refuse, unsent: () => unsent as T },
    } satisfies Call<T>);
  }

  let replies = 0;
  const reason = (heard: boolean): Unknown => {
    replies += 1;
    return {
      kind: 'unknown',
      reason: heard ? (heardReasons[replies % heardReasons.length] ?? 'SERVER_ERROR') : 'TIMEOUT',
    };
  };
  const unanswered = ({ sessionId }: WalletTransaction) => {
    const { random } = invocation();
    return (heard: boolean): Unknown => {
      if (random.chance(world.plan.departureRate)) wallets.endSession(sessionId);
      return reason(heard);
    };
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
      call<WalletReply>('wallet.credit', () => books.credit(transaction), reason, limit),
    rollback: (transaction) =>
      call<RollbackReply>(
        'wallet.rollback',
        () => books.rollback(transaction),
        reason,
        () => ({ kind: 'unknown', reason: 'REFUSED' }),
      ),
    balance: (playerId) =>
      call<WalletReply>(
        'wallet.balance',
        () => ({ kind: 'acknowledged', balanceMinor: books.balanceOf(playerId) }),
        reason,
        limit,
      ),
    authenticate: (_, playerId) =>
      call<AuthenticatedPlayer | undefined>(
        'wallet.authenticate',
        () => ({ playerId, currency: world.plan.currency }),
        unavailable,
        () => undefined,
      ),
  };
}

function isMovement(name: PortCall): boolean {
  return ['wallet.debit', 'wallet.betWin', 'wallet.credit', 'wallet.rollback'].includes(name);
}

function unreachable<T>(
  world: WorldView,
  name: PortCall,
  fail: (heard: boolean) => T,
  afterMs: number,
): Promise<T> {
  const running = invocation();
  world.note(() => `${running.name}: ${name} does not reach the wallet, which is down`);
  return new Promise((resolve, reject) => {
    world.timeline.after(afterMs, () => {
      if (running.dead) return;
      try {
        resolve(fail(false));
      } catch (error) {
        reject(error);
      }
    });
  });
}
