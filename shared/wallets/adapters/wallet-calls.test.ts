import { currentWallet } from '../../operators/operator.ts';
import { mainWallet, sampleOperator } from '../../operators/operator.fixture.ts';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minorAmount } from '../../money/money.ts';
import type { Operator } from '../../operators/operator.ts';
import type { WalletTransaction } from '../wallet.ts';
import { httpWalletBooks } from './wallet-books.ts';
import { exchange } from './wallet-exchange.ts';
import { signatureHeaders } from './wallet-signature.ts';
import { httpWallets } from './wallets.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const nowMs = 1_700_000_000_000;
const transaction: WalletTransaction = {
  transactionId: ids.transaction('r1:debit'),
  roundId: ids.round('r1'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
  sessionId: ids.session('s1'),
  currency: 'EUR',
  amountMinor: minorAmount(150n),
};

interface Request {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let requests: Request[];
let warnings: unknown[];
let reply: readonly [status: number, body: unknown];
let operator: Operator;
let stop: () => Promise<void>;

beforeEach(async () => {
  [requests, warnings, reply] = [[], [], [503, {}]];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      requests.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.writeHead(reply[0]).end(JSON.stringify(reply[1]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  operator = sampleOperator({
    walletUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    walletSecretName: 'wallets/demo',
  });
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
});
afterEach(() => stop());

const connection = (secret: () => Promise<string> = async () => 'secret') => ({
  secret,
  clock: { nowMs: () => nowMs },
  timeoutMs: 5_000,
  telemetry: { count: () => undefined, warn: (...warning: unknown[]) => void warnings.push(warning[1]) },
});
const wallet = () => httpWallets(connection()).of(operator, mainWallet);

describe('each call of a wallet', () => {
  const movement = { transaction_id: 'r1:debit', amount: '1.50', currency: 'EUR' };
  it.each([
    ['debit', () => wallet().debit(transaction), movement],
    ['credit', () => wallet().credit(transaction), movement],
    ['rollback', () => wallet().rollback(transaction), movement],
    [
      'bet-win',
      () => wallet().betWin({ ...transaction, winMinor: minorAmount(0n) }),
      { ...movement, win: '0.00' },
    ],
    [
      'balance',
      () => wallet().balance(ids.player('player123'), 'EUR'),
      { player_id: 'player123', currency: 'EUR' },
    ],
    [
      'authenticate',
      () =>
        wallet()
          .authenticate('token', ids.player('player123'))
          .catch(() => undefined),
      { token: 'token', player_id: 'player123' },
    ],
  ])(
    'is a POST to its own address, is signed for that address, and is named when it fails: %s',
    async (operation, call, fields) => {
      await call();
      expect(requests).toHaveLength(1);
      const [request] = requests as [Request];
      expect(request).toMatchObject({
        method: 'POST',
        url: `/wallet/${operation}`,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
      });
      expect(JSON.parse(request.body)).toMatchObject(fields);
      const signed = { path: `/wallet/${operation}`, operatorId: ids.operator('demo'), timestampMs: nowMs };
      const signature = signatureHeaders('secret', { ...signed, body: Buffer.from(request.body) });
      for (const [name, value] of Object.entries(signature))
        expect(request.headers[name.toLowerCase()]).toBe(value);
      expect(warnings).toMatchObject([
        { operatorId: 'demo', operation, outcome: 'SERVER_ERROR', status: 503 },
      ]);
    },
  );

  it('goes to an address that was written with any number of slashes at its end', async () => {
    operator = sampleOperator({ walletUrl: `${currentWallet(operator).walletUrl}///` });
    await wallet().debit(transaction);
    expect(requests).toMatchObject([{ url: '/wallet/debit' }]);
  });

  it('is reported with the cause of a failed connection, where nobody answered', async () => {
    operator = sampleOperator({ walletUrl: 'http://127.0.0.1:1' });
    expect(await wallet().balance(ids.player('player123'), 'EUR')).toEqual({
      kind: 'unknown',
      reason: 'NOT_SENT',
    });
    expect(warnings).toEqual([
      {
        operatorId: 'demo',
        walletId: 'main',
        operation: 'balance',
        outcome: 'NOT_SENT',
        cause: expect.stringMatching(/^E|bad port|TypeError/),
      },
    ]);
  });
});

describe('an exchange with a wallet', () => {
  const post = (secret?: () => Promise<string>) => {
    const called = { ...currentWallet(operator), operatorId: operator.operatorId };
    return exchange(connection(secret), called, 'balance', () => ({}));
  };

  it('is unknown and has its status where its reply cannot be read', async () => {
    reply = [200, 'text'];
    expect(await post()).toEqual({ kind: 'unknown', reason: 'UNREADABLE', status: 200 });
  });

  it('has status and body where it was answered', async () => {
    reply = [404, { code: 'NO' }];
    expect(await post()).toEqual({ kind: 'answered', status: 404, body: { code: 'NO' } });
  });

  it('is unknown where it could not be signed, and tells only the kind of the error', async () => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    expect(await post(() => Promise.reject('a secret text'))).toEqual({
      kind: 'unknown',
      reason: 'NOT_SENT',
      cause: 'string',
    });
    expect(requests).toEqual([]);
  });
});

describe("a page of a wallet's books", () => {
  const books = () => httpWalletBooks(connection());

  it('is asked for by a round, from the end of the page before', async () => {
    reply = [200, { transactions: [], next: null }];
    expect(await books().page(operator, mainWallet, { roundId: ids.round('r1') }, 'cursor')).toEqual({
      transactions: [],
      next: undefined,
    });
    expect(requests.map(({ body }) => body)).toEqual(['{"round_id":"r1","limit":100,"after":"cursor"}']);
  });

  it.each([400, 404, 422])('is undefined where the wallet answers status %i', async (status) => {
    reply = [status, { transactions: [], next: null }];
    await expect(
      books().page(operator, mainWallet, { roundId: ids.round('r1') }, undefined),
    ).rejects.toMatchObject({
      code: 'WALLET_LIST_UNREADABLE',
      cause: expect.any(Error),
    });
  });

  it('leaves out exactly the calls that the wallet refused', async () => {
    const entry = {
      kind: 'debit',
      round_id: 'r1',
      player_id: 'player123',
      game_code: 'happy-panda',
      currency: 'EUR',
      amount: '1.50',
      at: '2026-11-21T10:00:00.000Z',
    };
    const transactions = [
      { ...entry, transaction_id: 'moved' },
      { ...entry, transaction_id: 'refused', refusal: 'INSUFFICIENT_FUNDS' },
      { ...entry, transaction_id: 'moved-too', refusal: null },
    ];
    reply = [200, { transactions, next: null }];
    const page = await books().page(operator, mainWallet, { roundId: ids.round('r1') }, undefined);
    expect(page?.transactions.map(({ transactionId }) => transactionId)).toEqual(['moved', 'moved-too']);
  });
});
