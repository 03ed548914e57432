import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { minorAmount } from '../../shared/money/money.ts';
import type { RollbackReply, WalletReply, WalletTransaction } from '../../shared/wallets/wallet.ts';
import { TestWallet, transactionOf } from './hostile-wallet.fixture.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** How long the game server waits here for a reply. */
const TIMEOUT_MS = 500;
let wallet: TestWallet;
let player: string;

beforeAll(async () => {
  wallet = await TestWallet.start(TIMEOUT_MS);
});
afterAll(() => wallet.stop());
beforeEach(async () => {
  player = await wallet.createPlayer();
});
afterEach(() => wallet.plan());

type Movement = 'debit' | 'credit' | 'bet-win' | 'rollback';

function ask(kind: Movement, transaction: WalletTransaction): Promise<WalletReply | RollbackReply> {
  if (kind === 'bet-win') return wallet.client.betWin({ ...transaction, winMinor: minorAmount(300n) });
  return wallet.client[kind](transaction);
}

async function booked(): Promise<string[]> {
  return (await wallet.entries(player)).map(
    ({ kind, change, refusal }) => `${kind} ${change}${refusal === null ? '' : ` ${refusal}`}`,
  );
}

const unknown = (reason: string) => ({ kind: 'unknown', reason });
const acknowledged = (balanceMinor: bigint) => ({ kind: 'acknowledged', balanceMinor });
const TAKEN = ['debit -1.00'];
const PAID = ['credit 1.00'];
const BOTH = ['bet-win 2.00'];

describe('a call that is struck by a fault', () => {
  it.each<[object, Movement, object, string[]]>([
    [{ fault: 'commit-then-time-out' }, 'debit', unknown('TIMEOUT'), TAKEN],
    [{ fault: 'commit-then-time-out' }, 'credit', unknown('TIMEOUT'), PAID],
    [{ fault: 'commit-then-time-out' }, 'bet-win', unknown('TIMEOUT'), BOTH],
    [{ fault: 'time-out' }, 'debit', unknown('TIMEOUT'), []],
    [{ fault: 'time-out' }, 'bet-win', unknown('TIMEOUT'), []],
    [{ fault: 'duplicate' }, 'debit', acknowledged(9_900n), TAKEN],
    [{ fault: 'duplicate' }, 'credit', { kind: 'acknowledged' }, PAID],
    [{ fault: 'duplicate' }, 'bet-win', acknowledged(10_200n), BOTH],
    [{ fault: 'server-error' }, 'debit', unknown('SERVER_ERROR'), []],
    [{ fault: 'server-error', status: 500, commit: true }, 'debit', unknown('SERVER_ERROR'), TAKEN],
    [{ fault: 'garbage' }, 'debit', unknown('UNREADABLE'), TAKEN],
    [{ fault: 'garbage', form: 'cut-off' }, 'credit', unknown('UNREADABLE'), PAID],
    [{ fault: 'garbage', form: 'twice' }, 'debit', unknown('UNREADABLE'), TAKEN],
    [{ fault: 'garbage', form: 'too-long' }, 'debit', unknown('UNREADABLE'), TAKEN],
    [{ fault: 'wrong-currency' }, 'debit', unknown('WRONG_CURRENCY'), TAKEN],
    [{ fault: 'wrong-transaction' }, 'credit', unknown('WRONG_TRANSACTION'), PAID],
    [{ fault: 'wrong-transaction' }, 'bet-win', unknown('WRONG_TRANSACTION'), BOTH],
    [{ fault: 'negative-balance' }, 'debit', unknown('UNREADABLE'), TAKEN],
    [{ fault: 'another-amount' }, 'debit', unknown('TRANSACTION_MISMATCH'), TAKEN],
    [{ fault: 'another-amount' }, 'credit', unknown('TRANSACTION_MISMATCH'), PAID],
    [{ fault: 'another-amount' }, 'bet-win', unknown('TRANSACTION_MISMATCH'), BOTH],
    [{ fault: 'slow', delay_ms: 50 }, 'debit', acknowledged(9_900n), TAKEN],
    [{ fault: 'slow', delay_ms: 60_000 }, 'debit', unknown('TIMEOUT'), TAKEN],
    [{ fault: 'close-socket' }, 'debit', unknown('CONNECTION'), TAKEN],
    [{ fault: 'close-socket', when: 'during' }, 'credit', unknown('CONNECTION'), PAID],
    [{ fault: 'close-socket', when: 'before' }, 'debit', unknown('CONNECTION'), []],
    [
      { fault: 'limit-reached' },
      'debit',
      { kind: 'refused', code: 'LIMIT_REACHED' },
      ['debit 0.00 LIMIT_REACHED'],
    ],
    [
      { fault: 'limit-reached' },
      'bet-win',
      { kind: 'refused', code: 'LIMIT_REACHED' },
      ['bet-win 0.00 LIMIT_REACHED'],
    ],
    [
      { fault: 'player-blocked' },
      'debit',
      { kind: 'refused', code: 'PLAYER_BLOCKED' },
      ['debit 0.00 PLAYER_BLOCKED'],
    ],
    [{ fault: 'down' }, 'debit', unknown('CONNECTION'), []],
    [{ fault: 'down' }, 'credit', unknown('CONNECTION'), []],
  ])('%o: a %s is told %o, and the books hold %o', async (rule, kind, reply, books) => {
    await wallet.plan({ ...rule, times: 1 });
    const transaction = transactionOf(player);
    expect(await ask(kind, transaction)).toEqual(reply);
    expect(await booked()).toEqual(books);

    // What was unknown is settled by the next copy, and moves nothing twice.
    await ask(kind, transaction);
    const settled =
      books.length > 0 ? books : { debit: TAKEN, credit: PAID, 'bet-win': BOTH, rollback: [] }[kind];
    expect(await booked()).toEqual(settled);
  });

  it('slow replies come after the delay, and not before', async () => {
    await wallet.plan({ fault: 'slow', delay_ms: 200 });
    const startedMs = performance.now();
    expect(await wallet.client.balance(ids.player(player), 'EUR')).toEqual(acknowledged(10_000n));
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(199);
  });

  it('a balance and a token meet faults as well', async () => {
    await wallet.plan(
      { fault: 'negative-balance', on: 'balance' },
      { fault: 'player-blocked', on: 'authenticate', times: 1 },
      { fault: 'wrong-currency', on: 'authenticate' },
    );
    expect(await wallet.client.balance(ids.player(player), 'EUR')).toEqual(unknown('UNREADABLE'));
    expect(await wallet.client.authenticate('token', ids.player(player))).toBeUndefined();
    expect(await wallet.client.authenticate('token', ids.player(player))).toEqual({
      playerId: player,
      currency: 'USD',
    });
  });

  it.each(['LIMIT_REACHED', 'PLAYER_BLOCKED'] as const)(
    'a debit that was taken is acknowledged again, whatever refuses debits by now: %s',
    async (code) => {
      const transaction = transactionOf(player);
      await ask('debit', transaction);
      await wallet.plan({ fault: code.toLowerCase().replace('_', '-') });
      expect(await ask('debit', transaction)).toEqual(acknowledged(9_900n));
      expect(await ask('debit', transactionOf(player))).toEqual({ kind: 'refused', code });
      expect(await booked()).toEqual([...TAKEN, `debit 0.00 ${code}`]);
    },
  );

  it('a refusal stays one when the plan is gone, and a rollback finds nothing', async () => {
    await wallet.plan({ fault: 'limit-reached' });
    const transaction = transactionOf(player);
    await ask('debit', transaction);
    await wallet.plan();
    expect(await ask('debit', transaction)).toEqual({ kind: 'refused', code: 'LIMIT_REACHED' });
    expect(await ask('rollback', transaction)).toEqual({ kind: 'not-found' });
  });
});

describe('a wallet that is down', () => {
  it('closes every connection of the game server, the one of its health too, and obeys testers', async () => {
    await wallet.plan({ fault: 'down' });
    expect(await wallet.client.balance(ids.player(player), 'EUR')).toEqual(unknown('CONNECTION'));
    await expect(fetch(`${wallet.url}/health`)).rejects.toThrow('fetch failed');
    expect((await wallet.faults('DELETE')).status).toBe(200);
    expect((await fetch(`${wallet.url}/health`)).status).toBe(200);
    expect(await ask('debit', transactionOf(player))).toEqual(acknowledged(9_900n));
  });

  it('for a time is up again by itself', async () => {
    await wallet.plan({ fault: 'down', for_ms: 300 });
    expect(await wallet.client.balance(ids.player(player), 'EUR')).toEqual(unknown('CONNECTION'));
    await new Promise((resolve) => setTimeout(resolve, 310));
    expect(await wallet.client.balance(ids.player(player), 'EUR')).toEqual(acknowledged(10_000n));
  });
});

describe('a call that is held back', () => {
  it('reordered, is applied after the one that came later, which is not held back itself', async () => {
    await wallet.plan({ fault: 'reorder', on: 'debit' });
    const [first, second] = [transactionOf(player), transactionOf(player)];
    const held = ask('debit', first);
    await whileHeld(1);
    expect(await ask('debit', second)).toEqual(acknowledged(9_900n));
    expect(await held).toEqual(acknowledged(9_800n));
    const ids = (await wallet.entries(player)).map(({ transaction_id }) => transaction_id);
    expect(ids).toEqual([second.transactionId, first.transactionId]);
  });

  it('reordered, is overtaken by nothing that did not reach the books', async () => {
    await wallet.plan({ fault: 'reorder', times: 1 }, { fault: 'time-out', times: 1 });
    const held = ask('debit', transactionOf(player));
    await whileHeld(1);
    const lost = ask('debit', transactionOf(player));
    expect(await held).toEqual(unknown('TIMEOUT'));
    await lost;
    expect(await booked()).toEqual([]);
    expect(await ask('credit', transactionOf(player))).toEqual({ kind: 'acknowledged' });
    await whileHeld(0);
    expect(await booked()).toEqual([...PAID, ...TAKEN]);
  });

  it('goes on by itself where nothing overtakes it in its time', async () => {
    await wallet.plan({ fault: 'reorder', hold_ms: 100 });
    expect(await ask('debit', transactionOf(player))).toEqual(acknowledged(9_900n));
  });

  it('goes on when the plan is cleared', async () => {
    await wallet.plan({ fault: 'reorder' });
    const held = ask('debit', transactionOf(player));
    await whileHeld(1);
    await wallet.plan();
    expect(await held).toEqual(acknowledged(9_900n));
  });

  it.each(['debit', 'bet-win'] as const)(
    'for its rollback, takes nothing: a %s and its copy that come after it',
    async (kind) => {
      await wallet.plan({ fault: 'rollback-before-bet', times: 1 });
      const transaction = transactionOf(player);
      expect(await Promise.all([ask(kind, transaction), ask(kind, transaction)])).toEqual([
        unknown('TIMEOUT'),
        unknown('TIMEOUT'),
      ]);
      expect(await booked()).toEqual([]);
      expect(await ask('rollback', transaction)).toEqual({ kind: 'not-found' });
      await whileHeld(0);
      expect(await booked()).toEqual(['rollback 0.00 TRANSACTION_NOT_FOUND']);
      expect(await ask(kind, transaction)).toEqual({ kind: 'refused', code: 'WALLET_REFUSED' });
      expect(await ask(kind, transactionOf(player))).toMatchObject({ kind: 'acknowledged' });
    },
  );

  it('is lost where the wallet stops', async () => {
    const other = await TestWallet.start(TIMEOUT_MS);
    const complaint = vi.spyOn(console, 'error');
    await other.plan({ fault: 'reorder', hold_ms: 200 });
    const held = other.client.debit(transactionOf('player123'));
    await expect.poll(async () => (await other.faults('GET')).json).toMatchObject({ held: 1 });
    await other.stop();
    expect(await held).toEqual(unknown('CONNECTION'));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(complaint).not.toHaveBeenCalled();
  });

  async function whileHeld(count: number): Promise<void> {
    await expect.poll(async () => (await wallet.faults('GET')).json).toMatchObject({ held: count });
  }
});

describe('the routes of the plan', () => {
  it('tell each rule as it counts, and how often it was met and struck', async () => {
    await wallet.plan({ fault: 'server-error', on: ['debit'], every: 2 }, { fault: 'slow', delay_ms: 0 });
    for (let call = 0; call < 3; call += 1) await ask('debit', transactionOf(player));
    expect(await wallet.faults('GET')).toEqual({
      status: 200,
      json: {
        rules: [
          {
            rule: { fault: 'server-error', on: ['debit'], every: 2, status: 503, commit: false },
            matched: 3,
            struck: 1,
          },
          { rule: expect.objectContaining({ fault: 'slow', delay_ms: 0 }), matched: 2, struck: 2 },
        ],
        held: 0,
      },
    });
  });

  it('add a rule behind those that are there, and clear them all', async () => {
    await wallet.plan({ fault: 'slow' });
    const added = await wallet.faults('POST', { fault: 'down', for_ms: 1 });
    expect(added.json).toMatchObject({ rules: [{ rule: { fault: 'slow' } }, { rule: { fault: 'down' } }] });
    expect((await wallet.faults('DELETE')).json).toEqual({ rules: [], held: 0 });
  });

  it.each([
    ['no JSON', 'INVALID_JSON', undefined],
    ['a list', 'INVALID_REQUEST', []],
    ['an unknown fault', 'INVALID_REQUEST', { rules: [{ fault: 'fire' }] }],
    ['a field that is none', 'INVALID_REQUEST', { rules: [{ fault: 'slow', delay: 3 }] }],
    [
      'a call that the fault cannot strike',
      'INVALID_REQUEST',
      { rules: [{ fault: 'duplicate', on: 'balance' }] },
    ],
    ['too many rules', 'INVALID_REQUEST', { rules: Array.from({ length: 101 }, () => ({ fault: 'slow' })) }],
  ])('refuse %s with %s, and keep the plan', async (_, code, body) => {
    await wallet.plan({ fault: 'slow' });
    const { status, json } = await wallet.faults('PUT', body);
    expect({ status, json }).toEqual({ status: 400, json: { code, message: expect.any(String) } });
    expect((await wallet.faults('GET')).json).toMatchObject({ rules: [{ rule: { fault: 'slow' } }] });
  });

  it('refuse rules that are given twice, of which each reader might take another', async () => {
    await wallet.plan({ fault: 'slow' });
    const body = '{"rules":[{"fault":"down"}],"rules":[]}';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${wallet.url}/faults`, { method: 'PUT', headers, body });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'INVALID_JSON' }]);
    expect((await wallet.faults('GET')).json).toMatchObject({ rules: [{ rule: { fault: 'slow' } }] });
  });

  it('take no more rules than a plan may have, one by one either', async () => {
    await wallet.plan(...Array.from({ length: 100 }, () => ({ fault: 'slow', on: 'balance' })));
    expect(await wallet.faults('POST', { fault: 'slow' })).toMatchObject({
      status: 400,
      json: { code: 'INVALID_REQUEST' },
    });
  });

  it('answer nobody who came by another name of this machine', async () => {
    const { hostname, port } = new URL(wallet.url);
    const socket = connect(Number(port), hostname);
    socket.end('DELETE /faults HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n');
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*LOCAL_ONLY/);
  });
});
