import { ids } from '../../shared/foundation/ids.fixture.ts';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { call, codeOf, Player, type Reply } from './client.ts';
import { target } from './target.ts';

const launchPath = '/api/v1/games/happy-panda/session';
const spinPath = '/api/v1/games/happy-panda/spin';
const bonusPath = '/api/v1/games/happy-panda/bonus';
const nobody = '00000000-0000-4000-8000-000000000000';

let player: Player;
let launchBody: Record<string, unknown>;

beforeAll(async () => {
  player = await Player.open(target());
  launchBody = { player_id: player.playerId, currency: 'EUR', operator_id: 'demo' };
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(target(), 'POST', path, { body, headers });
const raw = (path: string, text: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  call(target(), 'POST', path, { raw: text, headers });
const launch = (overrides: Record<string, unknown>, key: string | undefined = target().operatorKey) =>
  post(launchPath, { ...launchBody, ...overrides }, key === undefined ? {} : { 'x-operator-key': key });
const spin = (overrides: Record<string, unknown>, headers: Record<string, string> = {}) =>
  post(spinPath, { session_id: player.sessionId, bet_amount: '1.00', ...overrides }, headers);

interface Case {
  readonly what: string;
  readonly send: () => Promise<Reply>;
  readonly status: number;
  readonly code: string;
}

function refused(what: string, status: number, code: string, send: () => Promise<Reply>): Case {
  return { what, send, status, code };
}

const cases: readonly Case[] = [
  refused('an unknown game', 404, 'UNKNOWN_GAME', () =>
    post('/api/v1/games/no-such-game/session', launchBody, { 'x-operator-key': target().operatorKey }),
  ),
  refused('a game code of the wrong form', 400, 'INVALID_REQUEST', () =>
    post('/api/v1/games/No%20Game/session', launchBody),
  ),
  refused('a game code with a key delimiter', 400, 'INVALID_REQUEST', () =>
    post('/api/v1/games/a%23b/session', launchBody),
  ),
  refused('an unknown operator', 404, 'UNKNOWN_OPERATOR', () =>
    post(launchPath, { ...launchBody, operator_id: 'nobody', token: 'x' }),
  ),
  refused('a wrong operator key', 401, 'INVALID_OPERATOR_KEY', () => launch({}, 'wrong')),
  refused("another operator's id", 403, 'OPERATOR_MISMATCH', () => launch({ operator_id: 'other' })),
  refused('a launch without key and token', 401, 'MISSING_CREDENTIALS', () => post(launchPath, launchBody)),
  refused('a token that the wallet does not know', 401, 'INVALID_PLAYER_TOKEN', () =>
    post(launchPath, { ...launchBody, token: 'wrong' }),
  ),
  refused('an unknown currency', 422, 'UNKNOWN_CURRENCY', () => launch({ currency: 'XXX' })),
  refused('a currency that the game is not offered in', 422, 'CURRENCY_NOT_OFFERED', () =>
    launch({ currency: 'BTC' }),
  ),
  refused('a player id with a key delimiter', 400, 'INVALID_REQUEST', () => launch({ player_id: 'a#b' })),
  refused('a player id of look-alike letters', 400, 'INVALID_REQUEST', () => launch({ player_id: 'рlayer' })),
  refused('an extra field', 400, 'INVALID_REQUEST', () => launch({ admin: true })),
  refused('a prototype key', 400, 'INVALID_REQUEST', () =>
    raw(
      launchPath,
      '{"__proto__": {"operator_id": "demo"}, "player_id": "a", "currency": "EUR", "operator_id": "demo"}',
    ),
  ),
  refused('an unknown session', 404, 'UNKNOWN_SESSION', () => spin({ session_id: nobody })),
  refused('a session id that is none', 400, 'INVALID_REQUEST', () => spin({ session_id: 'x' })),
  refused('a session of another game', 409, 'SESSION_GAME_MISMATCH', () =>
    post('/api/v1/games/another/spin', { session_id: player.sessionId, bet_amount: '1.00' }),
  ),
  refused('malformed JSON', 400, 'INVALID_JSON', () => raw(spinPath, '{"session_id":')),
  refused('no body', 400, 'INVALID_JSON', () => raw(spinPath, '')),
  refused('bytes that are no UTF-8', 400, 'INVALID_JSON', () =>
    raw(spinPath, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])),
  ),
  refused('a compressed body', 400, 'INVALID_JSON', () =>
    raw(spinPath, new Uint8Array(gzipSync('{}')), { 'content-encoding': 'gzip' }),
  ),
  refused('a JSON array', 400, 'INVALID_REQUEST', () => raw(spinPath, '[]')),
  refused('deeply nested JSON', 400, 'INVALID_JSON', () =>
    raw(spinPath, '['.repeat(3_000) + ']'.repeat(3_000)),
  ),
  refused('another media type', 415, 'UNSUPPORTED_MEDIA_TYPE', () =>
    spin({}, { 'content-type': 'text/plain' }),
  ),
  refused('a body over the limit', 413, 'BODY_TOO_LARGE', () => spin({ padding: 'x'.repeat(20_000) })),
  refused('a number where a decimal string belongs', 400, 'INVALID_REQUEST', () => spin({ bet_amount: 1 })),
  refused('a negative bet', 400, 'INVALID_AMOUNT', () => spin({ bet_amount: '-1.00' })),
  refused('a bet with an exponent', 400, 'INVALID_AMOUNT', () => spin({ bet_amount: '1e2' })),
  refused('a bet of zero', 422, 'BET_NOT_OFFERED', () => spin({ bet_amount: '0.00' })),
  refused('an over-precise bet', 400, 'AMOUNT_TOO_PRECISE', () => spin({ bet_amount: '1.001' })),
  refused('an unlisted bet', 422, 'BET_NOT_OFFERED', () => spin({ bet_amount: '1.37' })),
  refused('lines that are not offered', 422, 'BET_LINES_NOT_OFFERED', () => spin({ bet_lines: 7 })),
  refused('lines that are no number', 400, 'INVALID_REQUEST', () => spin({ bet_lines: '20' })),
  refused('an idempotency key that is too long', 400, 'INVALID_IDEMPOTENCY_KEY', () =>
    spin({}, { 'idempotency-key': 'k'.repeat(65) }),
  ),
  refused('an empty idempotency key', 400, 'INVALID_IDEMPOTENCY_KEY', () =>
    spin({}, { 'idempotency-key': '' }),
  ),
  refused('a bonus action with no active bonus', 409, 'NO_ACTIVE_BONUS', () =>
    post(bonusPath, { session_id: player.sessionId }),
  ),
  refused('an unknown round', 404, 'UNKNOWN_ROUND', () =>
    call(target(), 'GET', `/api/v1/rounds/${ids.randomRound()}`, {
      headers: { 'x-operator-key': target().operatorKey },
    }),
  ),
  refused('a cursor that was never given', 400, 'INVALID_CURSOR', () =>
    call(target(), 'GET', `/api/v1/sessions/${player.sessionId}/rounds?cursor=next`),
  ),
  refused('a page of no rounds', 400, 'INVALID_REQUEST', () =>
    call(target(), 'GET', `/api/v1/sessions/${player.sessionId}/rounds?limit=0`),
  ),
];

describe('bad input', () => {
  it.each(cases)('$what gets $status $code', async ({ send, status, code }) => {
    const reply = await send();
    expect(codeOf(reply)).toBe(code);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('x-request-id')).toBeTruthy();
    expect(reply.text).not.toMatch(/node_modules|\.ts:|\bat \w+ \(/);
  });

  it('has moved no money and left no round', async () => {
    expect(await player.walletBalanceMinor()).toBe(100_000n);
    expect(await player.rounds()).toEqual([]);
  });

  it('is refused by the wallet where the player has too little money, and no money is taken', async () => {
    const poor = await Player.open(target(), '0.50');
    const reply = await poor.spin();
    expect(codeOf(reply)).toBe('INSUFFICIENT_FUNDS');
    expect(reply.status).toBe(402);
    expect(await poor.walletBalanceMinor()).toBe(50n);
    expect((await poor.rounds()).map(({ status }) => status)).toEqual(['REJECTED']);
  });
});
