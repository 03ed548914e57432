import { mainWallet, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import type { Wallet, WalletTransaction } from '../../shared/wallets/wallet.ts';
import { type DemoWallet, startDemoWallet } from './server.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const secret = 'a secret shared by two';
const EUR = 'EUR';
let directory: string;
let server: DemoWallet;
let wallet: Wallet;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wallet-'));
  server = await startDemoWallet({ port: 0, dataDirectory: directory, secret });
  wallet = connect(secret);
});

afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

function connect(key: string, nowMs = () => Date.now()): Wallet {
  const operator: Operator = sampleOperator({ walletUrl: server.url, walletSecretName: 'wallets/demo' });
  const telemetry = { count: () => {}, warn: () => {} };
  const connection = { secret: async () => key, clock: { nowMs }, timeoutMs: 5_000 };
  return httpWallets({ ...connection, telemetry }).of(operator, mainWallet);
}

async function playerWith(balance: string, currency = EUR): Promise<string> {
  const playerId = `player-${randomUUID()}`;
  const response = await postLocal('/players', {
    player_id: playerId,
    currency,
    balance,
    token: `${playerId}!`,
  });
  expect(response.status).toBe(201);
  return playerId;
}

function postLocal(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function balanceOf(playerId: string): Promise<string> {
  const response = await fetch(`${server.url}/players/${playerId}`);
  return ((await response.json()) as { balance: string }).balance;
}

interface EntryView {
  readonly sequence: number;
  readonly kind: string;
  readonly change: string;
  readonly refusal: string | null;
}

async function entriesOf(playerId: string): Promise<EntryView[]> {
  const response = await fetch(`${server.url}/transactions?player_id=${playerId}`);
  return ((await response.json()) as { transactions: EntryView[] }).transactions;
}

function transaction(playerId: string, amountMinor: bigint, part = 'debit'): WalletTransaction {
  const roundId = ids.randomRound();
  return {
    transactionId: ids.transaction(`${roundId}:${part}`),
    roundId,
    playerId: ids.player(playerId),
    gameCode: ids.game('happy-panda'),
    sessionId: ids.session(randomUUID()),
    currency: EUR,
    amountMinor: minorAmount(amountMinor),
  };
}

describe('a debit', () => {
  it('takes the stake and tells the balance', async () => {
    const playerId = await playerWith('10.00');
    const reply = await wallet.debit(transaction(playerId, 150n));
    expect(reply).toEqual({ kind: 'acknowledged', balanceMinor: 850n });
    expect(await balanceOf(playerId)).toBe('8.50');
  });

  it('that is repeated is acknowledged again and taken once', async () => {
    const playerId = await playerWith('10.00');
    const debit = transaction(playerId, 150n);
    const first = await wallet.debit(debit);
    await wallet.debit(transaction(playerId, 100n));
    expect(await wallet.debit(debit)).toEqual(first);
    expect(await balanceOf(playerId)).toBe('7.50');
  });

  it('of the whole balance is taken, and one minor unit more is refused', async () => {
    const playerId = await playerWith('10.00');
    expect(await wallet.debit(transaction(playerId, 1_001n))).toEqual({
      kind: 'refused',
      code: 'INSUFFICIENT_FUNDS',
    });
    expect(await wallet.debit(transaction(playerId, 1_000n))).toEqual({
      kind: 'acknowledged',
      balanceMinor: 0n,
    });
  });

  it('that was refused stays refused when the player has money again', async () => {
    const playerId = await playerWith('1.00');
    const debit = transaction(playerId, 500n);
    await wallet.debit(debit);
    await wallet.credit(transaction(playerId, 900n, 'credit'));
    expect(await wallet.debit(debit)).toEqual({ kind: 'refused', code: 'INSUFFICIENT_FUNDS' });
    expect(await balanceOf(playerId)).toBe('10.00');
  });

  it.each([
    ['amount', { amountMinor: minorAmount(151n) }],
    ['round', { roundId: ids.randomRound() }],
    ['session', { sessionId: ids.session(randomUUID()) }],
    ['game', { gameCode: ids.game('other-game') }],
    ['player', { playerId: ids.player('player123') }],
    ['currency', { currency: 'USD' }],
  ])('whose id is known with another %s is an alarm', async (_, difference) => {
    const playerId = await playerWith('10.00');
    const debit = transaction(playerId, 150n);
    await wallet.debit(debit);
    const mismatch = { kind: 'unknown', reason: 'TRANSACTION_MISMATCH' };
    expect(await wallet.debit({ ...debit, ...difference })).toEqual(mismatch);
    expect(await wallet.rollback({ ...debit, ...difference })).toEqual(mismatch);
    expect(await balanceOf(playerId)).toBe('8.50');
  });

  it('of a player the wallet does not know is refused', async () => {
    expect(await wallet.debit(transaction('nobody', 1n))).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
  });

  it('in a currency other than the account is refused', async () => {
    const playerId = await playerWith('1000', 'JPY');
    expect(await wallet.debit(transaction(playerId, 1n))).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
  });
});

describe('a rollback', () => {
  it('gives the stake back once, however often it comes', async () => {
    const playerId = await playerWith('10.00');
    const debit = transaction(playerId, 150n);
    await wallet.debit(debit);
    expect(await wallet.rollback(debit)).toEqual({ kind: 'acknowledged' });
    expect(await wallet.rollback(debit)).toEqual({ kind: 'acknowledged' });
    expect(await balanceOf(playerId)).toBe('10.00');
  });

  it('that comes before its debit is not found, and the debit is never taken', async () => {
    const playerId = await playerWith('10.00');
    const debit = transaction(playerId, 150n);
    expect(await wallet.rollback(debit)).toEqual({ kind: 'not-found' });
    expect(await wallet.debit(debit)).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(await wallet.rollback(debit)).toEqual({ kind: 'not-found' });
    expect(await balanceOf(playerId)).toBe('10.00');
  });

  it('keeps the debit it undid from being taken again', async () => {
    const playerId = await playerWith('10.00');
    const debit = transaction(playerId, 150n);
    await wallet.debit(debit);
    await wallet.rollback(debit);
    expect(await wallet.debit(debit)).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
    expect(await balanceOf(playerId)).toBe('10.00');
  });

  it('of a refused debit has nothing to give back', async () => {
    const playerId = await playerWith('1.00');
    const debit = transaction(playerId, 150n);
    await wallet.debit(debit);
    expect(await wallet.rollback(debit)).toEqual({ kind: 'not-found' });
    expect(await balanceOf(playerId)).toBe('1.00');
  });

  it('of a player the wallet does not know is not found either', async () => {
    expect(await wallet.rollback(transaction('nobody', 1n))).toEqual({ kind: 'not-found' });
  });

  it('does not take back a win', async () => {
    const playerId = await playerWith('1.00');
    const credit = transaction(playerId, 150n, 'credit');
    await wallet.credit(credit);
    expect(await wallet.rollback(credit)).toEqual({ kind: 'unknown', reason: 'TRANSACTION_MISMATCH' });
    expect(await balanceOf(playerId)).toBe('2.50');
  });
});

describe('a credit', () => {
  it('is paid once, however often it comes, and without a debit for its round', async () => {
    const playerId = await playerWith('0');
    const credit = transaction(playerId, 12_345n, 'credit');
    expect(await wallet.credit(credit)).toEqual({ kind: 'acknowledged' });
    expect(await wallet.credit(credit)).toEqual({ kind: 'acknowledged' });
    expect(await balanceOf(playerId)).toBe('123.45');
  });

  it('that would take the balance over the largest amount is refused and can be paid later', async () => {
    const playerId = await playerWith('9999999999999999.99');
    const credit = transaction(playerId, 1n, 'credit');
    expect(await wallet.credit(credit)).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
    await wallet.debit(transaction(playerId, 1n));
    expect((await wallet.credit(credit)).kind).toBe('acknowledged');
  });
});

describe('the player', () => {
  it('is confirmed by their own token only', async () => {
    const playerId = await playerWith('1.00');
    expect(await wallet.authenticate(`${playerId}!`, ids.player(playerId))).toEqual({
      playerId,
      currency: EUR,
    });
    expect(await wallet.authenticate('demo', ids.player(playerId))).toBeUndefined();
    expect(await wallet.authenticate('demo', ids.player('nobody'))).toBeUndefined();
    expect(await wallet.authenticate('demo', ids.player('player123'))).toEqual({
      playerId: 'player123',
      currency: EUR,
    });
  });

  it('has a balance in the currency of the account', async () => {
    const playerId = await playerWith('12.30');
    expect(await wallet.balance(ids.player(playerId), EUR)).toEqual({
      kind: 'acknowledged',
      balanceMinor: 1_230n,
    });
    expect(await wallet.balance(ids.player(playerId), 'USD')).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
    expect(await wallet.balance(ids.player('nobody'), EUR)).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
  });
});

describe('a signature', () => {
  it('made with another key moves nothing', async () => {
    const playerId = await playerWith('1.00');
    const stranger = connect('another secret');
    expect(await stranger.debit(transaction(playerId, 1n))).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
    expect(await stranger.rollback(transaction(playerId, 1n))).toEqual({
      kind: 'unknown',
      reason: 'REFUSED',
    });
    await expect(stranger.authenticate(`${playerId}!`, ids.player(playerId))).rejects.toThrow(
      expect.objectContaining({ code: 'WALLET_UNAVAILABLE' }),
    );
    expect(await balanceOf(playerId)).toBe('1.00');
  });

  it.each([
    ['six minutes slow', -360_000],
    ['six minutes fast', 360_000],
  ])('of a clock that is %s is refused', async (_, skewMs) => {
    const late = connect(secret, () => Date.now() + skewMs);
    expect(await late.balance(ids.player('player123'), EUR)).toEqual({
      kind: 'refused',
      code: 'WALLET_REFUSED',
    });
  });

  it('of a clock that is four minutes off is accepted', async () => {
    const late = connect(secret, () => Date.now() - 240_000);
    expect((await late.balance(ids.player('player123'), EUR)).kind).toBe('acknowledged');
  });

  it('of a debit does not sign the rollback with the same body', async () => {
    const body = '{"token":"demo","player_id":"player123"}';
    const timestamp = String(Date.now());
    const sign = (path: string) =>
      createHmac('sha256', secret).update(`${timestamp}.demo.POST.${path}.${body}`).digest('hex');
    const post = (path: string, signed: string) =>
      fetch(server.url + path, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-rgs-operator': 'demo',
          'x-rgs-timestamp': timestamp,
          'x-rgs-signature': `v1=${sign(signed)}`,
        },
      });
    expect((await post('/wallet/authenticate', '/wallet/authenticate')).status).toBe(200);
    expect((await post('/wallet/authenticate', '/wallet/debit')).status).toBe(401);
  });
});

it('50 debits at once take what there is and not one more', async () => {
  const playerId = await playerWith('20.00');
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => wallet.debit(transaction(playerId, 100n))),
  );
  expect(replies.filter(({ kind }) => kind === 'acknowledged')).toHaveLength(20);
  expect(replies.filter(({ kind }) => kind === 'refused')).toHaveLength(30);
  expect(await balanceOf(playerId)).toBe('0.00');
});

it('50 copies of one debit at once are one debit', async () => {
  const playerId = await playerWith('20.00');
  const debit = transaction(playerId, 100n);
  const replies = await Promise.all(Array.from({ length: 50 }, () => wallet.debit(debit)));
  expect(new Set(replies.map((reply) => reply.kind))).toEqual(new Set(['acknowledged']));
  expect(await balanceOf(playerId)).toBe('19.00');
  expect((await entriesOf(playerId)).map(({ kind, change }) => [kind, change])).toEqual([
    ['deposit', '20.00'],
    ['debit', '-1.00'],
  ]);
});
