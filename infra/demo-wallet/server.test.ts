import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from './request.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { type DemoWallet, startDemoWallet } from './server.ts';

const secret = 'a secret shared by two';
const NOW_MS = 1_700_000_000_000;
let directory: string;
let wallet: DemoWallet;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wallet-'));
  const clock = { nowMs: () => NOW_MS };
  wallet = await startDemoWallet({ port: 0, dataDirectory: directory, secret, clock });
});

afterAll(async () => {
  await wallet.stop();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly balance?: string;
}

async function send(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(wallet.url + path, init);
  return { status: response.status, ...((await response.json()) as object) };
}

function signed(path: string, body: string | Uint8Array<ArrayBuffer>, changed: Record<string, string> = {}) {
  const signature = createHmac('sha256', secret)
    .update(`${NOW_MS}.demo.POST.${path}.`)
    .update(body)
    .digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-rgs-operator': 'demo',
    'x-rgs-timestamp': String(NOW_MS),
    'x-rgs-signature': `v1=${signature}`,
    ...changed,
  };
  return send(path, { method: 'POST', headers, body });
}

function movement(changed: object = {}): string {
  const roundId = ids.randomRound();
  return JSON.stringify({
    transaction_id: `${roundId}:debit`,
    round_id: roundId,
    player_id: 'player123',
    session_id: randomUUID(),
    game_code: 'happy-panda',
    amount: '1.00',
    currency: 'EUR',
    ...changed,
  });
}

async function createPlayer(changed: object = {}): Promise<Answer> {
  const body = { player_id: `p-${randomUUID()}`, currency: 'EUR', balance: '5.00', token: 't', ...changed };
  const headers = { 'content-type': 'application/json' };
  return send('/players', { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('the first start', () => {
  it('knows player123 with 1,000.00 EUR', async () => {
    expect(await send('/players/player123', {})).toEqual({
      status: 200,
      player_id: 'player123',
      balance: '1000.00',
      currency: 'EUR',
    });
  });

  it('is healthy', async () => {
    expect(await send('/health', {})).toEqual({ status: 'ok' });
  });
});

describe('a bad request moves nothing and is told what is wrong', () => {
  const bad: [string, number, string, string | Uint8Array<ArrayBuffer>][] = [
    ['no JSON', 400, 'INVALID_JSON', '{"transaction_id":'],
    ['an array', 400, 'INVALID_JSON', '[]'],
    ['an amount given twice', 400, 'INVALID_JSON', movement().replace('{', '{"amount":"1.00",')],
    ['an amount inside of another object', 400, 'INVALID_JSON', movement({ extra: { amount: '1.00' } })],
    ['bytes that are no text', 400, 'INVALID_JSON', Buffer.from(movement({ game_code: 'ÿ' }), 'latin1')],
    ['a field too many', 400, 'INVALID_REQUEST', movement({ bonus: '1' })],
    ['a field too few', 400, 'INVALID_REQUEST', movement({ round_id: undefined })],
    ['an amount that is a number', 400, 'INVALID_REQUEST', movement({ amount: 1 })],
    ['a negative amount', 422, 'INVALID_AMOUNT', movement({ amount: '-1.00' })],
    ['an amount of nothing', 422, 'INVALID_AMOUNT', movement({ amount: '0.00' })],
    ['an amount with an exponent', 422, 'INVALID_AMOUNT', movement({ amount: '1e2' })],
    ['an amount that is too fine', 422, 'INVALID_AMOUNT', movement({ amount: '1.001' })],
    ['an amount past every limit', 422, 'INVALID_AMOUNT', movement({ amount: '1000000000000000000.00' })],
    ['an amount that it cannot hold', 422, 'BALANCE_LIMIT', movement({ amount: '10000000000000000.00' })],
    ['a coin of 18 decimals', 422, 'BALANCE_LIMIT', movement({ amount: '1.5', currency: 'ETH' })],
    ['an unknown currency', 422, 'UNKNOWN_CURRENCY', movement({ currency: 'XYZ' })],
    ['another currency', 422, 'CURRENCY_MISMATCH', movement({ currency: 'USD' })],
    ['an unknown player', 404, 'UNKNOWN_PLAYER', movement({ player_id: 'nobody' })],
    ['a player id with markup', 400, 'INVALID_REQUEST', movement({ player_id: '<script>' })],
    ['a transaction id with a line break', 400, 'INVALID_REQUEST', movement({ transaction_id: 'a\nb' })],
  ];

  it.each(bad)('%s: %i %s', async (_, status, code, body) => {
    expect(await signed('/wallet/debit', body)).toEqual({ status, code, message: expect.any(String) });
    expect((await send('/players/player123', {})).balance).toBe('1000.00');
  });

  it('a body over the limit, announced or not', async () => {
    const body = movement({ padding: 'x'.repeat(MAX_BODY_BYTES) });
    expect(await signed('/wallet/debit', body)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    const stream = new Blob([body]).stream();
    const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    expect(await send('/wallet/debit', init)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('another media type', async () => {
    const changed = { 'content-type': 'text/plain' };
    expect(await signed('/wallet/debit', movement(), changed)).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  it('a route or a method that is not there', async () => {
    expect(await send('/wallet/refund', {})).toMatchObject({ status: 404, code: 'UNKNOWN_ROUTE' });
    expect(await send('//', {})).toMatchObject({ code: expect.any(String) });
    const response = await fetch(`${wallet.url}/wallet/debit`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a signature', () => {
  it.each([
    ['missing', { 'x-rgs-signature': '' }],
    ['of another version', { 'x-rgs-signature': `v2=${'0'.repeat(64)}` }],
    ['too short', { 'x-rgs-signature': 'v1=00' }],
    ['of something else', { 'x-rgs-signature': `v1=${'0'.repeat(64)}` }],
    ['of another operator', { 'x-rgs-operator': 'other' }],
    ['of another time', { 'x-rgs-timestamp': String(NOW_MS + 1) }],
    ['with a time that is no number', { 'x-rgs-timestamp': 'now' }],
  ])('that is %s is refused', async (_, changed) => {
    expect(await signed('/wallet/debit', movement(), changed)).toMatchObject({
      status: 401,
      code: 'INVALID_SIGNATURE',
    });
  });

  it('is not asked of a body that was changed on the way', async () => {
    const body = movement();
    const digest = createHmac('sha256', secret)
      .update(`${NOW_MS}.demo.POST./wallet/debit.${body}`)
      .digest('hex');
    const changed = { 'x-rgs-signature': `v1=${digest}` };
    const answer = await signed('/wallet/debit', body.replace('1.00', '9.00'), changed);
    expect(answer).toMatchObject({ status: 401, code: 'INVALID_SIGNATURE' });
  });
});

describe("the testers' routes", () => {
  it('make a player once', async () => {
    const player = { player_id: 'twice', balance: '0.10', currency: 'EUR' };
    expect(await createPlayer(player)).toEqual({ status: 201, ...player });
    expect(await createPlayer(player)).toMatchObject({ status: 409, code: 'PLAYER_EXISTS' });
  });

  it('know a player by an id that is written in a path in another way', async () => {
    await createPlayer({ player_id: 'anna@home:1', balance: '0.10' });
    const anna = { status: 200, player_id: 'anna@home:1', balance: '0.10', currency: 'EUR' };
    for (const id of ['anna@home:1', 'anna%40home%3A1', '%61nna%40home:1']) {
      expect(await send(`/players/${id}`, {})).toEqual(anna);
    }
    for (const id of ['anna%40home%3A1%2F', 'anna%20home', '%', '%FF']) {
      expect(await send(`/players/${id}`, {})).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    }
  });

  it.each([
    ['INVALID_AMOUNT', { balance: '-1' }],
    ['UNKNOWN_CURRENCY', { currency: 'EURO' }],
    ['INVALID_REQUEST', { player_id: 'a b' }],
    ['INVALID_REQUEST', { token: '' }],
  ])('refuse a player with %s', async (code, changed) => {
    expect(await createPlayer(changed)).toMatchObject({ code });
  });

  it('list what moved, in the order in which it moved', async () => {
    await createPlayer({ player_id: 'lister', balance: '5.00' });
    const debit = movement({ player_id: 'lister', amount: '2.00' });
    for (const path of ['/wallet/debit', '/wallet/rollback', '/wallet/debit']) await signed(path, debit);
    await signed('/wallet/debit', movement({ player_id: 'lister', amount: '6.00' }));
    const { transactions, next } = (await (
      await fetch(`${wallet.url}/transactions?player_id=lister&after=0`)
    ).json()) as { transactions: Record<string, unknown>[]; next: unknown };
    expect(
      transactions.map(({ kind, change, balance, refusal }) => [kind, change, balance, refusal]),
    ).toEqual([
      ['deposit', '5.00', '5.00', null],
      ['debit', '-2.00', '3.00', null],
      ['rollback', '2.00', '5.00', null],
      ['debit', '0.00', null, 'INSUFFICIENT_FUNDS'],
    ]);
    expect(next).toBeNull();
  });

  it.each(['after=-1', 'after=x', 'limit=0', 'limit=1001', 'from=1', 'after=1&after=2'])(
    'refuse the query %s',
    async (query) => {
      expect(await send(`/transactions?${query}`, {})).toMatchObject({
        status: 400,
        code: 'INVALID_REQUEST',
      });
    },
  );

  it('answer nobody who came by another name of this machine', async () => {
    const { hostname, port } = new URL(wallet.url);
    const socket = connect(Number(port), hostname);
    socket.end('GET /players/player123 HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*LOCAL_ONLY/);
  });
});

it('a start on a port that is taken says so', async () => {
  const port = Number(new URL(wallet.url).port);
  const dataDirectory = mkdtempSync(join(directory, 'second-'));
  await expect(startDemoWallet({ port, dataDirectory, secret })).rejects.toThrow(
    `Port ${port} is taken; the wallet cannot listen on it`,
  );
});
