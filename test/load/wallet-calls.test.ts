import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnsweredRound } from './player-loop.ts';
import { startWalletProxy, type WalletCall, type WalletProxy, walletShares } from './wallet-calls.ts';

const round = (roundId: string, startedAtMs: number, endedAtMs: number): AnsweredRound => ({
  roundId,
  winMinor: 0n,
  balanceMinor: 0n,
  startedAtMs,
  endedAtMs,
});
const call = (roundId: string | undefined, startedAtMs: number, endedAtMs: number): WalletCall => ({
  playerId: 'player',
  roundId,
  startedAtMs,
  endedAtMs,
});

describe("the wallet's share of a round", () => {
  const rounds = [round('a', 0, 100), round('b', 110, 200)];

  it('is the time of its calls, and of calls about no round while its player waited', () => {
    const calls = [call('a', 10, 30), call('a', 50, 55), call(undefined, 120, 121), call('b', 130, 150)];
    expect(walletShares(rounds, calls)).toEqual([25, 21]);
  });

  it('is the same in whichever order the calls were noted', () => {
    expect(walletShares(rounds, [call('b', 130, 150), call('a', 50, 55), call('a', 10, 30)])).toEqual([
      25, 20,
    ]);
  });

  it('has no part in a call that recovery made later, or that outlasts the answer', () => {
    const calls = [call('a', 10, 30), call('a', 120, 140), call('b', 150, 160), call('b', 190, 201)];
    expect(walletShares(rounds, calls)).toEqual([20, 10]);
  });

  it('is nothing where the wallet was not asked', () => {
    expect(walletShares(rounds, [])).toEqual([0, 0]);
  });
});

describe('the proxy before the wallet', () => {
  const server = createServer((request, response) => {
    void (async () => {
      for await (const _ of request);
      await pause(50);
      response.writeHead(201, { 'x-wallet': 'own' }).end(request.url);
    })();
  });
  let proxy: WalletProxy;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startWalletProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await proxy.stop();
    server.closeAllConnections();
    server.close();
  });

  it('passes calls on as they are, and tells once how long the wallet took', async () => {
    const reply = await fetch(`${proxy.url}/wallet/debit`, {
      method: 'POST',
      body: JSON.stringify({ player_id: 'player', round_id: 'a' }),
    });
    expect([reply.status, reply.headers.get('x-wallet'), await reply.text()]).toEqual([
      201,
      'own',
      '/wallet/debit',
    ]);
    const calls = await proxy.take();
    expect(calls).toMatchObject([{ playerId: 'player', roundId: 'a' }]);
    const [{ startedAtMs, endedAtMs } = { startedAtMs: 0, endedAtMs: 0 }] = calls;
    // A timer may fire a part of a millisecond early.
    expect(endedAtMs - startedAtMs).toBeGreaterThan(49);
    expect(await proxy.take()).toEqual([]);
  });
});
