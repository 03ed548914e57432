import { mainWallet, sampleOperator } from '../../operators/operator.fixture.ts';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ids } from '../../foundation/ids.fixture.ts';
import { minorAmount } from '../../money/money.ts';
import type { Wallet, WalletTransaction } from '../wallet.ts';
import { httpWallets } from './wallets.ts';

const roundId = '8f14e45f-ceea-467f-a0e6-0d1b8b6a1c11';
const debit: WalletTransaction = {
  transactionId: ids.transaction(`${roundId}:debit`),
  roundId: ids.round(roundId),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
  sessionId: ids.session('3c59dc04-8e88-4502-9f3b-2b1a8d5c7e22'),
  currency: 'EUR',
  amountMinor: minorAmount(150n),
};
const reply = JSON.stringify({ transaction_id: debit.transactionId, balance: '8.50', currency: 'EUR' });
const acknowledged = { kind: 'acknowledged', balanceMinor: 850n };
const notSent = { kind: 'unknown', reason: 'NOT_SENT' };

const servers = new Set<Server | TcpServer>();
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  servers.clear();
});

async function listen(server: Server | TcpServer, port = 0): Promise<number> {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  servers.add(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const causes: unknown[] = [];
function walletAt(
  walletUrl: string,
  options: { timeoutMs?: number; secret?: () => Promise<string> } = {},
): Wallet {
  causes.length = 0;
  return httpWallets({
    secret: async () => 'a secret shared by two',
    clock: { nowMs: () => 1_700_000_000_000 },
    timeoutMs: 5_000,
    telemetry: { count: () => undefined, warn: (_, { cause }) => void causes.push(cause) },
    ...options,
  }).of(sampleOperator({ walletUrl, walletSecretName: 'wallets/demo' }), mainWallet);
}

describe('A call that was certainly not sent', () => {
  it('A call is not sent where nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    servers.delete(server);
    server.close();
    await once(server, 'close');
    const wallet = walletAt(`http://127.0.0.1:${port}`);
    expect(await wallet.debit(debit)).toEqual(notSent);
    expect(await wallet.rollback(debit)).toEqual(notSent);
    expect(causes).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  });

  it('A call is not sent where the name of the wallet has no address', async () => {
    expect(await walletAt('https://wallet.invalid').debit(debit)).toEqual(notSent);
  });

  it('A call is not sent where the handshake of TLS is not over in time', async () => {
    const port = await listen(createTcpServer(() => undefined));
    expect(await walletAt(`https://127.0.0.1:${port}`, { timeoutMs: 150 }).debit(debit)).toEqual(notSent);
  });

  it('A call is not sent where the key of the wallet cannot be read any more', async () => {
    const secret = () => Promise.reject(new RangeError('no key'));
    expect(await walletAt('http://127.0.0.1:9', { secret }).debit(debit)).toEqual(notSent);
    expect(causes).toEqual(['RangeError']);
  });

  it.each(['', 'not an address', 'ftp://127.0.0.1'])('A call to "%s" is not sent', async (walletUrl) => {
    expect(await walletAt(walletUrl).debit(debit)).toEqual(notSent);
  });
});

describe('A connection that is kept', () => {
  it('A call on a connection that the wallet has closed meanwhile is sent once more on a new one', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 2) request.socket.destroy();
      else response.end(reply);
    });
    const wallet = walletAt(`http://127.0.0.1:${await listen(server)}`);
    expect(await wallet.debit(debit)).toEqual(acknowledged);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await wallet.debit(debit)).toEqual(acknowledged);
    expect(calls).toBe(3);
  });

  it('A call on a new connection that the wallet closes is sent once, and is unknown', async () => {
    let calls = 0;
    const server = createServer(({ socket }) => {
      calls += 1;
      socket.destroy();
    });
    const wallet = walletAt(`http://127.0.0.1:${await listen(server)}`);
    expect(await wallet.debit(debit)).toEqual({ kind: 'unknown', reason: 'CONNECTION' });
    expect(calls).toBe(1);
  });

  it('A call is unknown where it was sent on a stale connection and no new one can be made', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 1) response.end(reply);
      else {
        server.close();
        request.socket.destroy();
      }
    });
    const wallet = walletAt(`http://127.0.0.1:${await listen(server)}`);
    expect(await wallet.debit(debit)).toEqual(acknowledged);
    await new Promise((resolve) => setImmediate(resolve));
    servers.delete(server);
    expect(await wallet.debit(debit)).toEqual({ kind: 'unknown', reason: 'CONNECTION' });
  });

  it('An error proves nothing where the call was sent twice, because the wallet may have booked the first one', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 1) return void response.end(reply);
      if (calls === 2) return void request.socket.destroy();
      response.statusCode = 401;
      response.end(JSON.stringify({ code: 'INVALID_SIGNATURE', message: 'This signature came before' }));
    });
    const wallet = walletAt(`http://127.0.0.1:${await listen(server)}`);
    expect(await wallet.debit(debit)).toEqual(acknowledged);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await wallet.debit(debit)).toEqual({ kind: 'unknown', reason: 'SERVER_ERROR' });
  });
});
