import { ids } from '../../shared/foundation/ids.fixture.ts';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Player } from '../e2e/client.ts';
import { nowMs } from './clock.ts';
import { check } from './level.ts';
import type { Played } from './player-loop.ts';

const PLAYERS = 8;
const WITHIN_MS = 800;
const NOW = new Date().toISOString();

/** A round of a stack whose recovery never gets anywhere. */
const unfinished = {
  round_id: ids.randomRound(),
  number: 1,
  session_id: randomUUID(),
  operator_id: 'demo',
  player_id: 'anybody',
  game_code: 'happy-panda',
  engine_hash: 'ab'.repeat(32),
  kind: 'spin',
  action: 'spin',
  status: 'VOIDING',
  final: false,
  reason: null,
  currency: 'EUR',
  base_bet: '1.00',
  stake: '1.00',
  win: null,
  balance_before: null,
  balance_after: null,
  outcome: null,
  public_state: null,
  bonus_triggered: null,
  started_at: NOW,
  updated_at: NOW,
};
const session = {
  session_id: unfinished.session_id,
  public_state: {},
  balance: '1000000.00',
  currency: 'EUR',
  allowed_bets: [],
  next_round_number: 1,
  bonus_active: false,
  expires_at: NOW,
};
const deposit = { kind: 'deposit', transaction_id: 'deposit', round_id: null, change: '1000000.00' };
const replies: readonly [RegExp, unknown][] = [
  [/\/session$/, session],
  [/\/rounds\?/, { rounds: [unfinished], unreadable_numbers: [], next_cursor: null }],
  [/^\/transactions/, { transactions: [deposit], next: null }],
  [/^\/players/, { balance: '1000000.00' }],
];

let server: Server;
let played: Played[];
beforeAll(async () => {
  server = createServer(({ url = '' }, response: ServerResponse) => {
    response.end(JSON.stringify(replies.find(([path]) => path.test(url))?.[1]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { apiUrl: url, walletUrl: url, operatorKey: 'key', environment: {}, outputs: {} };
  const players = await Promise.all(Array.from({ length: PLAYERS }, () => Player.open(target)));
  played = players.map((player) => ({ player, rounds: [], refusals: new Map(), unanswered: false }));
});
afterAll(() => server.close());

it('the checks of a level wait for unfinished rounds until one deadline for all players, and name them for each player', async () => {
  const startedAtMs = nowMs();
  const { mismatches } = await check(played, startedAtMs + WITHIN_MS);
  const tookMs = nowMs() - startedAtMs;
  expect(tookMs).toBeGreaterThan(WITHIN_MS);
  expect(tookMs).toBeLessThan(WITHIN_MS * (PLAYERS - 1));
  expect(mismatches).toEqual(
    played.map(({ player }) => `${player.playerId}: round ${unfinished.round_id} is not final`),
  );
});
