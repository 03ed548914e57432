import { mainWallet, sampleOperator } from '../../operators/operator.fixture.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { WalletBooks } from '../wallet-books.ts';
import { httpWalletBooks } from './wallet-books.ts';
import { MAX_REPLY_BYTES } from './wallet-transport.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const entry = {
  kind: 'debit',
  transaction_id: 'r1:debit',
  round_id: 'r1',
  player_id: 'player123',
  game_code: 'happy-panda',
  currency: 'EUR',
  amount: '1.50',
  at: '2026-11-21T10:00:00.000Z',
};
const transaction = {
  kind: 'debit',
  transactionId: ids.transaction('r1:debit'),
  roundId: ids.round('r1'),
  playerId: ids.player('player123'),
  gameCode: ids.game('happy-panda'),
  currency: 'EUR',
  amountMinor: 150n,
  winMinor: 0n,
  atMs: Date.UTC(2026, 10, 21, 10),
};
const period = { fromMs: Date.UTC(2026, 10, 21), toMs: Date.UTC(2026, 10, 22) };

let requests: unknown[] = [];
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  requests = [];
});

type Reply = readonly [status: number, body: unknown];

/**
 * A wallet that gives these answers one after the other, and then repeats the last. `undefined` closes the connection.
 */
async function walletSaying(
  ...replies: readonly (Reply | undefined)[]
): Promise<(after?: string) => ReturnType<WalletBooks['page']>> {
  const left = [...replies];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      requests.push([request.url, text]);
      const reply = left.length > 1 ? left.shift() : left[0];
      if (!reply) request.socket.destroy();
      else
        response.writeHead(reply[0]).end(typeof reply[1] === 'string' ? reply[1] : JSON.stringify(reply[1]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const operator = sampleOperator({
    walletUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    walletSecretName: 'wallets/demo',
  });
  const clock = { nowMs: () => period.toMs };
  const books = httpWalletBooks({ secret: async () => 'secret', clock, timeoutMs: 2_000 });
  return (after) => books.page(operator, mainWallet, period, after);
}

const page = (...transactions: unknown[]): Reply => [200, { transactions, next: null }];

describe('a page of a wallet', () => {
  it('is asked for by a period, and read', async () => {
    const read = await walletSaying([200, { transactions: [entry], next: 'cursor', more: 1 }]);
    expect(await read()).toEqual({ transactions: [transaction], next: 'cursor' });
    expect(requests).toEqual([
      [
        '/wallet/transactions',
        '{"from":"2026-11-21T00:00:00.000Z","to":"2026-11-22T00:00:00.000Z","limit":100}',
      ],
    ]);
  });

  it('has the win of a bet-win, and leaves out refused calls', async () => {
    const betWin = { ...entry, kind: 'bet-win', win: '20.00' };
    const refused = { ...entry, refusal: 'INSUFFICIENT_FUNDS' };
    const read = await walletSaying(page(betWin, refused, { ...entry, win: null, refusal: null }));
    expect(await read()).toEqual({
      transactions: [{ ...transaction, kind: 'bet-win', winMinor: 2_000n }, transaction],
      next: undefined,
    });
  });

  it('is asked for once more where the reply was lost', async () => {
    const read = await walletSaying(undefined, page(entry));
    expect((await read())?.transactions).toEqual([transaction]);
    const failing = await walletSaying([503, ''], page(entry));
    expect((await failing())?.transactions).toEqual([transaction]);
  });

  it('is undefined where the wallet does not know the call', async () => {
    const read = await walletSaying([404, { code: 'UNKNOWN_ROUTE', message: 'No' }]);
    expect(await read()).toBeUndefined();
  });

  it.each<[string, Reply | undefined]>([
    ['CONNECTION', undefined],
    ['SERVER_ERROR', [500, '']],
  ])('fails with %s where none came', async (why, reply) => {
    const read = await walletSaying(reply);
    await expect(read()).rejects.toMatchObject({
      code: 'WALLET_UNAVAILABLE',
      message: `The wallet main of demo did not answer with its list of transactions: ${why}`,
    });
  });

  const twice = JSON.stringify(entry).replace('{', '{"amount":"9.00",');
  it.each<[string, string, Reply]>([
    ['a page of HTML', 'UNREADABLE', [404, '<html>Not found</html>']],
    ['a refusal', 'INVALID_SIGNATURE', [401, { code: 'INVALID_SIGNATURE', message: 'No' }]],
    ['another refusal than 404', 'UNKNOWN_ROUTE', [400, { code: 'UNKNOWN_ROUTE', message: 'No' }]],
    ['no next', 'UNREADABLE', [200, { transactions: [entry] }]],
    ['a code', 'UNREADABLE', [200, { transactions: [entry], next: null, code: 'ODD' }]],
    [
      'too long',
      'UNREADABLE',
      [200, `{"transactions":[],"next":null,"pad":"${'x'.repeat(MAX_REPLY_BYTES)}"}`],
    ],
    ['an empty page before others', 'UNREADABLE', [200, { transactions: [], next: 'cursor' }]],
    ['a next that was asked for', 'UNREADABLE', [200, { transactions: [entry], next: 'asked' }]],
    ['an unknown kind', 'UNREADABLE', page({ ...entry, kind: 'tip' })],
    ['an id of nothing', 'UNREADABLE', page({ ...entry, round_id: '' })],
    ['a negative amount', 'UNREADABLE', page({ ...entry, amount: '-1.50' })],
    ['too precise an amount', 'UNREADABLE', page({ ...entry, amount: '1.505' })],
    ['an amount that is no text', 'UNREADABLE', page({ ...entry, amount: 1.5 })],
    ['an unknown currency', 'UNREADABLE', page({ ...entry, currency: 'DOUBLOON' })],
    ['a win that is none', 'UNREADABLE', page({ ...entry, win: 'much' })],
    ['a time that is none', 'UNREADABLE', page({ ...entry, at: 'yesterday' })],
    ['a name given twice', 'UNREADABLE', [200, `{"transactions":[${twice}],"next":null}`]],
  ])('fails with an error of its own where it is unreadable: %s', async (_, why, reply) => {
    const read = await walletSaying(reply);
    await expect(read('asked')).rejects.toMatchObject({
      code: 'WALLET_LIST_UNREADABLE',
      message: `The list of transactions of the wallet main of demo cannot be read: ${why}`,
    });
  });

  const texts = ['two words', 'a\nline', '\u001b[2J', 'über', '\u200b', 'x'.repeat(129)];
  it.each(
    ['transaction_id', 'round_id', 'player_id', 'game_code'].flatMap((field) =>
      texts.map((text) => [field, text]),
    ),
  )('A page that could forge a line of a report in its %s is unreadable: %j', async (field, text) => {
    const read = await walletSaying(page({ ...entry, [field]: text }));
    await expect(read()).rejects.toMatchObject({ code: 'WALLET_LIST_UNREADABLE' });
  });
});
