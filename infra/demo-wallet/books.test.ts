import { mainWallet, sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import { httpWalletBooks } from '../../shared/wallets/adapters/wallet-books.ts';
import { signatureHeaders } from '../../shared/wallets/adapters/wallet-signature.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import type { Operator } from '../../shared/operators/operator.ts';
import type { BookedTransaction } from '../../shared/wallets/wallet-books.ts';
import type { Wallet, WalletTransaction } from '../../shared/wallets/wallet.ts';
import type { BookSelection, WalletBooks } from '../../shared/wallets/wallet-books.ts';
import { type DemoWallet, startDemoWallet } from './server.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const secret = 'a secret shared by two';
let nowMs = 1_700_000_000_000;
const clock = { nowMs: () => nowMs };
let directory: string;
let server: DemoWallet;
let wallet: Wallet;
let books: WalletBooks;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wallet-'));
  server = await startDemoWallet({ port: 0, dataDirectory: directory, secret, clock });
  const connection = { secret: async () => secret, clock, timeoutMs: 5_000 };
  const telemetry = { count: () => {}, warn: () => {} };
  wallet = httpWallets({ ...connection, telemetry }).of(operator('demo'), mainWallet);
  books = httpWalletBooks(connection);
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

function operator(operatorId: string): Operator {
  return sampleOperator(
    { walletUrl: server.url, walletSecretName: 'wallets/demo' },
    { operatorId: ids.operator(operatorId), name: operatorId },
  );
}

function transaction(kind: string, amountMinor: bigint, roundId = ids.randomRound()): WalletTransaction {
  return {
    transactionId: ids.transaction(`${roundId}:${kind}`),
    roundId,
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    sessionId: ids.session(randomUUID()),
    currency: 'EUR',
    amountMinor: minorAmount(amountMinor),
  };
}

async function list(selection: BookSelection, operatorId = 'demo'): Promise<BookedTransaction[][]> {
  const pages: BookedTransaction[][] = [];
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page = await books.page(operator(operatorId), mainWallet, selection, after);
    pages.push([...(page?.transactions ?? [])]);
    after = page?.next;
  }
  return pages;
}

describe('the list of the wallet', () => {
  it('has what moved money, as it was asked for, and when', async () => {
    nowMs += 60_000;
    const atMs = nowMs;
    const debit = transaction('debit', 150n);
    const betWin = { ...transaction('bet-win', 100n), winMinor: minorAmount(30n) };
    await wallet.debit(debit);
    await wallet.debit(transaction('debit', 10_000_000n));
    await wallet.rollback(transaction('debit', 1n));
    await wallet.rollback(debit);
    await wallet.betWin(betWin);
    await wallet.credit(transaction('credit', 20n, debit.roundId));
    const booked = (await list({ fromMs: atMs, toMs: atMs + 1 })).flat();
    const common = { playerId: 'player123', gameCode: 'happy-panda', currency: 'EUR', atMs };
    const ofRound = (one: WalletTransaction) => ({ transactionId: one.transactionId, roundId: one.roundId });
    expect(booked).toEqual([
      { kind: 'debit', ...ofRound(debit), amountMinor: 150n, winMinor: 0n, ...common },
      { kind: 'rollback', ...ofRound(debit), amountMinor: 150n, winMinor: 0n, ...common },
      { kind: 'bet-win', ...ofRound(betWin), amountMinor: 100n, winMinor: 30n, ...common },
      {
        kind: 'credit',
        transactionId: `${debit.roundId}:credit`,
        roundId: debit.roundId,
        amountMinor: 20n,
        winMinor: 0n,
        ...common,
      },
    ]);
    expect((await list({ roundId: debit.roundId })).flat().map(({ kind }) => kind)).toEqual([
      'debit',
      'rollback',
      'credit',
    ]);
  });

  it('says what the rollback of a bet-win took back', async () => {
    const stake = transaction('bet-win', 100n);
    await wallet.betWin({ ...stake, winMinor: minorAmount(30n) });
    await wallet.rollback(stake);
    expect((await list({ roundId: stake.roundId })).flat()).toMatchObject([
      { kind: 'bet-win', amountMinor: 100n, winMinor: 30n },
      { kind: 'rollback', amountMinor: 100n, winMinor: 30n },
    ]);
  });

  it('comes in pages that leave nothing out, each within the size of a reply', async () => {
    nowMs += 60_000;
    const debits = Array.from({ length: 201 }, () => transaction('debit', 1n));
    for (const debit of debits) await wallet.debit({ ...debit, gameCode: ids.game('g'.repeat(48)) });
    const pages = await list({ fromMs: nowMs, toMs: nowMs + 1 });
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 1]);
    expect(pages.flat().map(({ roundId }) => roundId)).toEqual(debits.map(({ roundId }) => roundId));
  });

  it('is one for each operator', async () => {
    const debit = transaction('debit', 1n);
    await wallet.debit(debit);
    expect((await list({ roundId: debit.roundId }, 'other')).flat()).toEqual([]);
    expect((await list({ fromMs: 0, toMs: nowMs + 1 }, 'other')).flat()).toEqual([]);
  });

  it.each([
    ['of neither a period nor a round', {}],
    ['of both', { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z', round_id: ids.randomRound() }],
    ['of half a period', { from: '2026-11-21T00:00:00Z' }],
    ['with a time that is none', { from: 'today', to: 'tomorrow' }],
    ['after a place that it never gave', { round_id: ids.randomRound(), after: '1; DROP TABLE journal' }],
    ['of too many at once', { round_id: ids.randomRound(), limit: 101 }],
  ])('is not given %s', async (_, fields) => {
    expect(await post(fields)).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  it.each([
    [{ fault: 'down' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'time-out' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'server-error' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'slow', delay_ms: 60_000 }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'close-socket', when: 'before' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'close-socket', when: 'during' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'close-socket', when: 'after' }, 'WALLET_UNAVAILABLE'],
    [{ fault: 'garbage', form: 'html' }, 'WALLET_LIST_UNREADABLE'],
    [{ fault: 'garbage', form: 'cut-off' }, 'WALLET_LIST_UNREADABLE'],
    [{ fault: 'garbage', form: 'twice' }, 'WALLET_LIST_UNREADABLE'],
    [{ fault: 'garbage', form: 'too-long' }, 'WALLET_LIST_UNREADABLE'],
  ])('is not to be had while a plan says so: %o', async (rule, code) => {
    const hurried = httpWalletBooks({ secret: async () => secret, clock, timeoutMs: 200 });
    const read = () => hurried.page(operator('demo'), mainWallet, { roundId: ids.randomRound() });
    await faults('PUT', { rules: [{ ...rule, on: 'transactions' }] });
    await expect(read()).rejects.toMatchObject({ code });
    await faults('DELETE');
    expect(await read()).toEqual({ transactions: [], next: undefined });
  });

  it('is struck by a rule that names no call', async () => {
    await faults('PUT', { rules: [{ fault: 'server-error', times: 2 }] });
    await expect(list({ roundId: ids.randomRound() })).rejects.toMatchObject({
      code: 'WALLET_UNAVAILABLE',
    });
    expect(await list({ roundId: ids.randomRound() })).toEqual([[]]);
  });

  async function faults(method: string, body?: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method, headers, body: body ? JSON.stringify(body) : null };
    expect((await fetch(`${server.url}/faults`, init)).status).toBe(200);
  }

  it('is not given to whoever cannot sign', async () => {
    const fields = { round_id: ids.randomRound() };
    expect(await post(fields, 'another secret')).toMatchObject({ status: 401, code: 'INVALID_SIGNATURE' });
  });
});

async function post(fields: object, key = secret): Promise<object> {
  const body = new TextEncoder().encode(JSON.stringify(fields));
  const path = '/wallet/transactions';
  const signature = signatureHeaders(key, {
    path,
    operatorId: ids.operator('demo'),
    timestampMs: nowMs,
    body,
  });
  const headers = { 'content-type': 'application/json', ...signature };
  const response = await fetch(server.url + path, { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as object) };
}
