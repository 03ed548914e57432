import { telemetry } from '../../functions/_runtime/observability.ts';
import { DependencyError } from '../../shared/foundation/errors.ts';
import type { WalletId } from '../../shared/foundation/ids.ts';
import {
  type Attempt,
  type Post,
  type PostedRequest,
  sendAgainWhereStale,
} from '../../shared/wallets/adapters/wallet-transport.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import type { Wallets } from '../../shared/wallets/wallet.ts';
import type { PortCall } from './faults.ts';
import { type Invocation, invocation } from './invocation.ts';
import { LEDGER_LIMITS } from './ledger-port.ts';
import { callWallet } from './wallet-network.ts';
import { type Fields, type HttpReply, type Operation, refused, served, unproven } from './wallet-server.ts';
import type { WorldView } from './world-view.ts';

const CALL_OF: Readonly<Record<Operation, PortCall>> = {
  authenticate: 'wallet.authenticate',
  balance: 'wallet.balance',
  debit: 'wallet.debit',
  credit: 'wallet.credit',
  'bet-win': 'wallet.betWin',
  rollback: 'wallet.rollback',
};

/** The product's own adapter. In place of its transport, requests and replies cross the simulated network as bytes. */
export function httpWalletsPort(world: WorldView): Wallets {
  const secret = walletKeys();
  const clock = { nowMs: () => invocation().nowMs() };
  const timeoutMs = world.settings.walletTimeoutMs;
  return {
    of: (operator, walletId) => {
      const post = postTo(world, operator.operatorId, walletId);
      return httpWallets({ secret, clock, timeoutMs, post, telemetry }).of(operator, walletId);
    },
  };
}

/** Reads the wallet's key once in each process. What fails is read again by the next call. */
function walletKeys(): () => Promise<string> {
  const read = new WeakSet<Invocation>();
  return async () => {
    const running = invocation();
    if (read.has(running)) return 'key';
    const key = await running.call('wallet.ready', {
      ...LEDGER_LIMITS,
      latencyMs: [0, 1],
      effect: () => 'key',
      fail: () => {
        throw new DependencyError('SERVICE_UNAVAILABLE', 'The key could not be read');
      },
    });
    read.add(running);
    return key;
  };
}

/** A wallet that closes connections may be restarting, so it can be down or refuse what it has seen before. */
const WAYS_TO_GO_ON = ['is as before', 'is down', 'refuses a repeated signature'] as const;
/** Each process finds the wallet like this after a connection was closed. */
const goesOn = new WeakMap<Invocation, (typeof WAYS_TO_GO_ON)[number]>();
const REPEATED_SIGNATURE: HttpReply = {
  status: 401,
  body: { code: 'INVALID_SIGNATURE', message: 'It came before' },
};

function postTo(world: WorldView, operatorId: string, walletId: WalletId): Post {
  const { wallets } = world.operatorOf(operatorId);
  const books = wallets.at(walletId);
  return (request) => {
    const operation = operationOf(request);
    const fields = JSON.parse(new TextDecoder().decode(request.body)) as Fields;
    const endsAtMs = world.timeline.nowMs + request.timeoutMs;
    return sendAgainWhereStale((connection) => attempt(operation, fields, connection, endsAtMs));
  };

  function attempt(
    operation: Operation,
    fields: Fields,
    connection: 'kept' | 'new',
    endsAtMs: number,
  ): Promise<Attempt> {
    const running = invocation();
    const { random } = running;
    let answer: HttpReply | undefined;
    const notSent = () => failed('ECONNREFUSED', { mayBeSent: false });
    const effect = () => {
      answer = served(books, operation, fields);
      return posted(answer);
    };
    const present = () => {
      if (goesOn.get(running) === 'is down') return notSent();
      const isRepeated = connection === 'new' && goesOn.get(running) === 'refuses a repeated signature';
      return isRepeated ? posted(REPEATED_SIGNATURE) : effect();
    };
    return callWallet<Attempt>(world, operatorId, CALL_OF[operation], {
      timeoutMs: Math.max(endsAtMs - world.timeline.nowMs, 1),
      effect: present,
      fail: (heard) => {
        const isStake = operation === 'debit' || operation === 'bet-win';
        if (isStake && random.chance(world.plan.departureRate))
          wallets.endSession(fields['session_id'] ?? '');
        if (!heard) return failed('ETIMEDOUT', { timedOut: true });
        return random.chance(0.2) ? failed('ECONNRESET') : posted(unproven(random, operation, answer));
      },
      refuse: () => posted(refused(books, operation, fields)),
      notSent,
      stale: () => {
        if (random.chance(0.5)) effect();
        if (connection === 'kept') goesOn.set(running, random.pick(WAYS_TO_GO_ON));
        return failed('ECONNRESET', { staleConnection: connection === 'kept' });
      },
    });
  }
}

function operationOf({ url }: PostedRequest): Operation {
  const operation = url.split('/wallet/')[1];
  if (!operation || !Object.hasOwn(CALL_OF, operation)) throw new Error(`a wallet was called at ${url}`);
  return operation as Operation;
}

function posted({ status, body }: HttpReply): Attempt {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answered', status, bytes: new TextEncoder().encode(text) };
}

function failed(code: string, { timedOut = false, mayBeSent = true, staleConnection = false } = {}): Attempt {
  return {
    kind: 'failed',
    timedOut,
    mayBeSent,
    staleConnection,
    error: Object.assign(new Error(code), { code }),
  };
}
