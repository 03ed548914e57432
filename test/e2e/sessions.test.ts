import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  GamesResponse,
  RoundRecord,
  RoundResponse,
  SessionResponse,
} from '../../functions/_api/responses.ts';
import { call, codeOf, Player } from './client.ts';
import { target } from './target.ts';

let player: Player;

beforeAll(async () => {
  player = await Player.open(target());
});

const get = (path: string, headers: Record<string, string> = {}) => call(target(), 'GET', path, { headers });

describe('a session', () => {
  it('is launched with what the client needs to show the game', async () => {
    const launched = await Player.launch(target(), player.playerId);
    expect(launched).toMatchObject({ balance: '1000.00', currency: 'EUR', bonus_active: false });
    expect(launched.allowed_bets).toContain('1.00');
    expect(launched.public_state).toBeTypeOf('object');
  });

  it('can be verified until it is revoked, and then plays no round', async () => {
    const other = await Player.open(target());
    const path = `/api/v1/sessions/${other.sessionId}`;
    const verified = SessionResponse.parse((await get(path)).json);
    expect(verified).toMatchObject({
      player_id: other.playerId,
      game_code: 'happy-panda',
      round_in_flight: false,
    });

    expect((await call(target(), 'DELETE', path)).status).toBe(204);
    expect((await call(target(), 'DELETE', path)).status).toBe(204);
    expect(codeOf(await get(path))).toBe('SESSION_REVOKED');
    expect(codeOf(await other.spin())).toBe('SESSION_REVOKED');
    const rounds = `/api/v1/sessions/${other.sessionId}/rounds`;
    expect(codeOf(await get(rounds))).toBe('SESSION_REVOKED');
    expect(await get(rounds, { 'x-operator-key': target().operatorKey })).toHaveProperty('status', 200);
    expect(await other.walletBalanceMinor()).toBe(100_000n);
  });
});

describe('a round', () => {
  it('is answered again, byte for byte, for the same key and body', async () => {
    const other = await Player.open(target());
    const key = randomUUID();
    const first = await other.spin({ key });
    const second = await other.spin({ key });
    expect(second.text).toBe(first.text);
    expect(first.headers.get('idempotency-key')).toBe(key);
    expect(codeOf(await other.spin({ key, betAmount: '2.00' }))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await other.rounds()).toHaveLength(1);
  });

  it('is played for its number only, and is answered again by that number', async () => {
    const other = await Player.open(target());
    const asked = { key: randomUUID(), number: 1 };
    const first = await other.spin(asked);
    expect(RoundResponse.parse(first.json).next_round_number).toBe(2);
    expect((await other.spin(asked)).text).toBe(first.text);
    const stale = await other.spin({ number: 1 });
    expect([stale.status, codeOf(stale)]).toEqual([409, 'ROUND_NUMBER_STALE']);
    expect(stale.json).toMatchObject({ next_round_number: 2, retryable: false });
    expect(codeOf(await other.spin({ number: 3 }))).toBe('ROUND_NUMBER_AHEAD');
    expect(codeOf(await other.spin({ number: 0 }))).toBe('INVALID_REQUEST');
    expect(await Player.launch(target(), other.playerId)).toMatchObject({ next_round_number: 2 });
    expect(await other.rounds()).toHaveLength(1);
  });

  it('can be read by its operator and its player, and by nobody else', async () => {
    const other = await Player.open(target());
    const played = RoundResponse.parse((await other.spin()).json);
    const path = `/api/v1/rounds/${played.round_id}`;
    const record = RoundRecord.parse((await get(path, { 'x-operator-key': target().operatorKey })).json);
    expect(record).toMatchObject({
      round_id: played.round_id,
      stake: '1.00',
      win: played.win_amount,
      balance_before: '1000.00',
      balance_after: played.balance,
      outcome: played.outcome,
      public_state: played.public_state,
      final: true,
    });
    expect((await get(path, { 'x-session-id': other.sessionId })).status).toBe(200);
    expect(codeOf(await get(path, { 'x-session-id': player.sessionId }))).toBe('UNKNOWN_ROUND');
    expect(codeOf(await get(path, { 'x-operator-key': 'wrong' }))).toBe('INVALID_OPERATOR_KEY');
    expect(codeOf(await get(path))).toBe('MISSING_CREDENTIALS');
    expect(JSON.stringify(record)).not.toMatch(/seed|sealed/i);
  });

  it('is listed with those of its session, in pages, newest first', async () => {
    const other = await Player.open(target());
    for (let round = 0; round < 5; round += 1) expect((await other.playNext()).status).toBe(200);
    const listed: number[] = [];
    for (let cursor = ''; ; ) {
      const reply = await get(`/api/v1/sessions/${other.sessionId}/rounds?limit=2${cursor}`);
      const page = reply.json as { rounds: { number: number }[]; next_cursor: string | null };
      listed.push(...page.rounds.map(({ number }) => number));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(listed).toEqual([5, 4, 3, 2, 1]);
  });

  it('of an earlier session is not listed with those of a later one', async () => {
    const other = await Player.open(target());
    await other.playNext();
    const later = await Player.launch(target(), other.playerId);
    const reply = await get(`/api/v1/sessions/${later.session_id}/rounds`);
    expect(reply.json).toEqual({ rounds: [], unreadable_numbers: [], next_cursor: null });
  });
});

describe('the list of games', () => {
  it('names the engine by its hash', async () => {
    const { games } = GamesResponse.parse((await get('/api/v1/games')).json);
    expect(games.find(({ game_code }) => game_code === 'happy-panda')).toMatchObject({ enabled: true });
  });
});
