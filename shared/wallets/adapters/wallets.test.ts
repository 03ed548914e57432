import { mainWallet, sampleOperator } from '../../operators/operator.fixture.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Telemetry } from '../../foundation/telemetry.ts';
import { minorAmount } from '../../money/money.ts';
import type { RollbackReply, UnknownReason, Wallet, WalletTransaction } from '../wallet.ts';
import { MAX_REPLY_BYTES } from './wallet-transport.ts';
import { httpWallets } from './wallets.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const roundId = '8f14e45f-ceea-467f-a0e6-0d1b8b6a1c11';
const playerId = ids.player('player123');
const debit: WalletTransaction = {
  transactionId: ids.transaction(`${roundId}:debit`),
  roundId: ids.round(roundId),
  playerId,
  gameCode: ids.game('happy-panda'),
  sessionId: ids.session('3c59dc04-8e88-4502-9f3b-2b1a8d5c7e22'),
  currency: 'EUR',
  amountMinor: minorAmount(150n),
};
const acknowledgement = { transaction_id: debit.transactionId, balance: '8.50', currency: 'EUR' };
const account = { player_id: 'player123', balance: '8.50', currency: 'EUR' };
const secret = 'a secret that nobody may read';
const token = 'a token that nobody may read';
let warnings: Parameters<Telemetry['warn']>[] = [];
let stop: (() => Promise<void>) | undefined;

afterEach(async () => {
  await stop?.();
  stop = undefined;
  warnings = [];
});

function connect(walletUrl: string, options: { timeoutMs?: number; secret?: () => Promise<string> } = {}) {
  return httpWallets({
    secret: async () => secret,
    clock: { nowMs: () => 1_700_000_000_000 },
    timeoutMs: 5_000,
    telemetry: { count: () => {}, warn: (...warning) => void warnings.push(warning) },
    ...options,
  }).of(sampleOperator({ walletUrl, walletSecretName: 'wallets/demo' }), mainWallet);
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A wallet that answers over a bare socket, once it has read a whole request. */
function bareWallet(answer: (socket: Socket) => void, timeoutMs?: number): Promise<Wallet> {
  const server = createTcpServer((socket) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received.endsWith('}')) answer(socket);
    });
  });
  return listen(server).then((url) => connect(url, timeoutMs === undefined ? {} : { timeoutMs }));
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function httpWallet(answer: Answer): Promise<string> {
  return listen(
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => answer(request, response, body));
    }),
  );
}

/** A wallet that gives every request this answer. */
async function walletSaying(status: number, body: unknown, headers = {}): Promise<Wallet> {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return connect(await httpWallet((_, response) => response.writeHead(status, headers).end(text)));
}

const unknown = (reason: UnknownReason | 'REFUSED') => ({ kind: 'unknown', reason });

describe('a request to a wallet', () => {
  it('A transaction is sent as the same bytes every time', async () => {
    const bodies: string[] = [];
    const url = await httpWallet((_, response, body) => {
      bodies.push(body);
      response.writeHead(503).end();
    });
    const { amountMinor, currency, ...rest } = debit;
    await connect(url).debit(debit);
    await connect(url).debit({ currency, amountMinor, ...rest });
    await connect(`${url}/`).rollback(debit);
    const expected =
      `{"transaction_id":"${roundId}:debit","round_id":"${roundId}","player_id":"player123",` +
      `"session_id":"${debit.sessionId}","game_code":"happy-panda","amount":"1.50","currency":"EUR"}`;
    expect(bodies).toEqual([expected, expected, expected]);
  });

  it('has stake and win for a bet-win, and the stake alone for its rollback', async () => {
    const bodies: string[] = [];
    const url = await httpWallet((_, response, body) => {
      bodies.push(body.slice(body.indexOf('"amount"')));
      response.writeHead(503).end();
    });
    await connect(url).betWin({ ...debit, winMinor: minorAmount(0n) });
    await connect(url).rollback(debit);
    expect(bodies.join()).toMatch(/^"amount":"1.50","win":"0.00","currency".*"amount":"1.50","currency"/);
  });

  it('goes below the path of the wallet, as JSON, and once', async () => {
    const requests: unknown[][] = [];
    const url = await httpWallet(({ method, url: target, headers }, response) => {
      requests.push([method, target, headers['content-type'], headers['x-rgs-operator']]);
      response.writeHead(500).end();
    });
    await connect(`${url}/casino/v2/`).credit(debit);
    expect(requests).toEqual([['POST', '/casino/v2/wallet/credit', 'application/json', 'demo']]);
  });

  it('goes over a connection that is kept', async () => {
    const ports = new Set<number | undefined>();
    const url = await httpWallet(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end(JSON.stringify(acknowledgement));
    });
    const wallet = connect(url);
    for (let call = 0; call < 20; call += 1) await wallet.debit(debit);
    // The second call may come before the first connection counts as idle.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe('a debit whose reply is lost is unknown', () => {
  const lost: [string, UnknownReason, (socket: Socket) => void][] = [
    ['the wallet never answers', 'TIMEOUT', () => {}],
    ['the wallet closes the socket', 'CONNECTION', (socket) => socket.end()],
    ['the wallet resets the socket', 'CONNECTION', (socket) => socket.resetAndDestroy()],
    ['the reply is not HTTP', 'CONNECTION', (socket) => socket.end('ERR no such command\r\n\r\n')],
    [
      'the reply is cut off',
      'CONNECTION',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"transaction_id":'),
    ],
    ['the reply drips, a byte at a time', 'TIMEOUT', drip],
    [
      'the reply stops after its head',
      'TIMEOUT',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n'),
    ],
  ];

  it.each(lost)('A debit is unknown because %s', async (_, reason, answer) => {
    const wallet = await bareWallet(answer, reason === 'TIMEOUT' ? 150 : 5_000);
    expect(await wallet.debit(debit)).toEqual(unknown(reason));
    expect(await wallet.rollback(debit)).toEqual(unknown(reason));
    await expect(wallet.authenticate(token, playerId)).rejects.toThrow(
      expect.objectContaining({ code: 'WALLET_UNAVAILABLE' }),
    );
  });
});

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 10);
  socket.on('close', () => clearInterval(timer));
}

describe('a reply of success', () => {
  it('is an acknowledgement, whatever other fields it has', async () => {
    const wallet = await walletSaying(200, { ...acknowledgement, bonus_balance: '1.00' });
    expect(await wallet.debit(debit)).toEqual({ kind: 'acknowledged', balanceMinor: 850n });
    expect(await wallet.credit(debit)).toEqual({ kind: 'acknowledged' });
    expect(await wallet.rollback(debit)).toEqual({ kind: 'acknowledged' });
    expect(warnings).toEqual([]);
  });

  const wrong: [string, UnknownReason, object][] = [
    ['names another transaction', 'WRONG_TRANSACTION', { transaction_id: `${roundId}:credit` }],
    ['is in another currency', 'WRONG_CURRENCY', { currency: 'USD' }],
    ['is in no currency', 'UNREADABLE', { currency: undefined }],
    ['has a balance below zero', 'UNREADABLE', { balance: '-0.01' }],
    ['has a balance with an exponent', 'UNREADABLE', { balance: '1e3' }],
    ['has a balance finer than the currency', 'UNREADABLE', { balance: '8.505' }],
    ['has a balance that is a number', 'UNREADABLE', { balance: 8.5 }],
    ['has a balance with grouping', 'UNREADABLE', { balance: '1,000.00' }],
    ['has an endless balance', 'UNREADABLE', { balance: '9'.repeat(40) }],
    ['has no balance', 'UNREADABLE', { balance: null }],
    ['also has an error code', 'UNREADABLE', { code: 'INSUFFICIENT_FUNDS', message: 'No' }],
  ];

  it.each(wrong)('makes the debit unknown where it %s', async (_, reason, difference) => {
    const wallet = await walletSaying(200, { ...acknowledgement, ...difference });
    expect(await wallet.debit(debit)).toEqual(unknown(reason));
  });

  it.each(wrong.filter(([, , difference]) => 'currency' in difference || 'balance' in difference))(
    'acknowledges a credit and a rollback where it %s, and says what is odd',
    async (_, oddBalance, difference) => {
      const wallet = await walletSaying(200, { ...acknowledgement, ...difference });
      expect(await wallet.credit(debit)).toEqual({ kind: 'acknowledged', oddBalance });
      expect(await wallet.rollback(debit)).toEqual({ kind: 'acknowledged', oddBalance });
    },
  );

  it.each(wrong.filter(([, , difference]) => !('currency' in difference) && !('balance' in difference)))(
    'makes a credit and a rollback unknown where it %s',
    async (_, reason, difference) => {
      const wallet = await walletSaying(200, { ...acknowledgement, ...difference });
      expect(await wallet.credit(debit)).toEqual(unknown(reason));
      expect(await wallet.rollback(debit)).toEqual(unknown(reason));
    },
  );

  it.each([
    ['empty', ''],
    ['a web page', '<html>Welcome</html>'],
    ['an array', [acknowledgement]],
    ['a string', '"ok"'],
    ['half of itself', JSON.stringify(acknowledgement).slice(0, -5)],
    ['two balances', '{"balance":"8.50",'.concat(JSON.stringify(acknowledgement).slice(1))],
    ['not UTF-8', Buffer.from(JSON.stringify({ ...acknowledgement, note: 'ÿ' }), 'latin1')],
  ])('makes the debit unknown where it is %s', async (_, body) => {
    expect(await (await walletSaying(200, body)).debit(debit)).toEqual(unknown('UNREADABLE'));
  });

  it('is read up to its limit and not beyond', async () => {
    const padded = (size: number) => JSON.stringify(acknowledgement).padEnd(size);
    expect((await (await walletSaying(200, padded(MAX_REPLY_BYTES))).debit(debit)).kind).toBe('acknowledged');
    await stop?.();
    const tooLong = await walletSaying(200, padded(MAX_REPLY_BYTES + 1));
    expect(await tooLong.debit(debit)).toEqual(unknown('UNREADABLE'));
  });

  it('is cut off at the limit where it is endless', async () => {
    const wallet = await bareWallet((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (socket.writable && socket.write(' '.repeat(16_384)));
      };
      socket.on('drain', pour);
      pour();
    });
    expect(await wallet.debit(debit)).toEqual(unknown('UNREADABLE'));
  });

  it('is cut off at the limit where it is small on the way and huge when decompressed', async () => {
    const bomb = gzipSync(JSON.stringify(acknowledgement).padEnd(50_000_000));
    const wallet = await walletSaying(200, bomb, { 'content-encoding': 'gzip' });
    expect(await wallet.debit(debit)).toEqual(unknown('UNREADABLE'));
  });

  it.each([201, 202, 206, 304])('is not recognised with status %i', async (status) => {
    expect(await (await walletSaying(status, acknowledgement)).debit(debit)).toEqual(unknown('UNREADABLE'));
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is not followed at status %i', async (status) => {
    const targets: (string | undefined)[] = [];
    const url = await httpWallet(({ url: target }, response) => {
      targets.push(target);
      response.writeHead(status, { location: '/elsewhere' }).end(JSON.stringify(acknowledgement));
    });
    expect(await connect(url).debit(debit)).toEqual(unknown('UNREADABLE'));
    expect(targets).toEqual(['/wallet/debit']);
  });
});

describe('a refusal', () => {
  it.each(['INSUFFICIENT_FUNDS', 'LIMIT_REACHED', 'PLAYER_BLOCKED'])(
    'is passed on and raises no alarm where it concerns the player: %s',
    async (code) => {
      const wallet = await walletSaying(402, { code, message: 'No' });
      expect(await wallet.debit(debit)).toEqual({ kind: 'refused', code });
      expect(await wallet.balance(playerId, 'EUR')).toEqual({ kind: 'refused', code });
      expect(warnings).toEqual([]);
    },
  );

  it.each([
    [400, 'INVALID_REQUEST'],
    [401, 'INVALID_SIGNATURE'],
    [401, 'STALE_TIMESTAMP'],
    [404, 'UNKNOWN_PLAYER'],
    [409, 'TRANSACTION_ROLLED_BACK'],
  ])('took nothing and is reported, with status %i and code %s', async (status, code) => {
    const wallet = await walletSaying(status, { code, message: 'No' });
    expect(await wallet.debit(debit)).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(warnings[0]?.[1]).toMatchObject({ status, walletCode: code, transactionId: debit.transactionId });
    expect(await wallet.rollback(debit)).toEqual(unknown('REFUSED'));
  });

  it.each([
    [202, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'UNREADABLE'],
    [302, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'UNREADABLE'],
    [404, { code: 'TRANSACTION_NOT_FOUND', message: 'No' }, 'UNREADABLE'],
    [409, { code: 'TRANSACTION_MISMATCH', message: 'No' }, 'TRANSACTION_MISMATCH'],
    [400, { code: 'ALREADY_PROCESSED', message: 'No' }, 'UNLISTED_REFUSAL'],
    [403, { code: 'OPERATOR_SUSPENDED', message: 'No' }, 'UNLISTED_REFUSAL'],
    [409, { code: 'DUPLICATE', message: 'No' }, 'UNLISTED_REFUSAL'],
    [410, { code: 'GONE', message: 'No' }, 'UNLISTED_REFUSAL'],
    [422, { code: 'DUPLICATE_TRANSACTION', message: 'No' }, 'UNLISTED_REFUSAL'],
    [408, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'SERVER_ERROR'],
    [425, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'SERVER_ERROR'],
    [429, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'SERVER_ERROR'],
    [500, { code: 'INSUFFICIENT_FUNDS', message: 'No' }, 'SERVER_ERROR'],
    [503, acknowledgement, 'SERVER_ERROR'],
    [404, { message: 'Not Found' }, 'UNREADABLE'],
    [404, '<html>Not Found</html>', 'UNREADABLE'],
    [402, { code: 'insufficient funds', message: 'No' }, 'UNREADABLE'],
    [402, { code: 'INSUFFICIENT_FUNDS' }, 'UNREADABLE'],
    [402, '{"code":"OTHER","code":"INSUFFICIENT_FUNDS","message":"No"}', 'UNREADABLE'],
    [402, acknowledgement, 'UNREADABLE'],
  ] as const)('proves nothing with status %i and %o: %s', async (status, body, reason) => {
    expect(await (await walletSaying(status, body)).debit(debit)).toEqual(unknown(reason));
  });
});

describe('a rollback', () => {
  it.each<[number, string, RollbackReply]>([
    [404, 'TRANSACTION_NOT_FOUND', { kind: 'not-found' }],
    [409, 'TRANSACTION_NOT_FOUND', { kind: 'unknown', reason: 'REFUSED' }],
    [404, 'UNKNOWN_PLAYER', { kind: 'unknown', reason: 'REFUSED' }],
    [402, 'INSUFFICIENT_FUNDS', { kind: 'unknown', reason: 'REFUSED' }],
    [409, 'TRANSACTION_MISMATCH', { kind: 'unknown', reason: 'TRANSACTION_MISMATCH' }],
    [500, 'TRANSACTION_NOT_FOUND', { kind: 'unknown', reason: 'SERVER_ERROR' }],
  ])('is sorted by its answer %i %s', async (status, code, reply) => {
    expect(await (await walletSaying(status, { code, message: 'No' })).rollback(debit)).toEqual(reply);
  });
});

describe("a player's account", () => {
  it('is read where it belongs to the player and has the currency asked for', async () => {
    const wallet = await walletSaying(200, account);
    expect(await wallet.balance(playerId, 'EUR')).toEqual({ kind: 'acknowledged', balanceMinor: 850n });
    expect(await wallet.balance(playerId, 'USD')).toEqual(unknown('WRONG_CURRENCY'));
    expect(await wallet.balance(ids.player('player124'), 'EUR')).toEqual(unknown('UNREADABLE'));
    expect(await wallet.authenticate(token, playerId)).toEqual({ playerId: 'player123', currency: 'EUR' });
  });

  it.each([
    [200, { ...account, player_id: 'player124' }],
    [200, { ...account, currency: 'DOUBLOON' }],
    [200, { ...account, balance: '-1.00' }],
    [200, acknowledgement],
    [401, { code: 'INVALID_SIGNATURE', message: 'No' }],
    [500, { code: 'INVALID_TOKEN', message: 'No' }],
    [307, ''],
  ])('is not confirmed by status %i with %o', async (status, body) => {
    const wallet = await walletSaying(status, body);
    await expect(wallet.authenticate(token, playerId)).rejects.toThrow(
      expect.objectContaining({ code: 'WALLET_UNAVAILABLE' }),
    );
  });

  it.each([
    [401, 'INVALID_TOKEN'],
    [404, 'UNKNOWN_PLAYER'],
    [403, 'PLAYER_BLOCKED'],
  ])('is denied by status %i %s', async (status, code) => {
    const wallet = await walletSaying(status, { code, message: 'No' });
    expect(await wallet.authenticate(token, playerId)).toBeUndefined();
  });
});

it('Neither key nor token reaches a log or an error', async () => {
  const wallet = await walletSaying(500, { code: 'ECHO', message: `${secret} ${token}` });
  const error: unknown = await wallet.authenticate(token, playerId).catch((thrown: unknown) => thrown);
  await wallet.debit(debit);
  const told = inspect([warnings, error], { depth: null });
  expect(warnings).toHaveLength(2);
  expect(told).not.toContain('nobody may read');
});
