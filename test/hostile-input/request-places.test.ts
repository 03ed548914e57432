import { describe, expect, vi, it } from 'vitest';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { handler as getRound } from '../../functions/rounds/get-round/handler.ts';
import { handler as listRounds } from '../../functions/rounds/list-rounds/handler.ts';
import { handler as playSpin } from '../../functions/rounds/play-spin/handler.ts';
import { handler as revokeSession } from '../../functions/sessions/revoke-session/handler.ts';
import { handler as verifySession } from '../../functions/sessions/verify-session/handler.ts';
import { operatorKey, otherOperatorKey } from '../../shared/rounds/rounds.fixture.ts';
import { sampleIntent } from '../../shared/rounds/sample-round.fixture.ts';
import { player, World } from './composition-in-memory.ts';
import { call, queryOf } from './http-requests.ts';
import { hostile } from './runs.ts';
import { hostileText, inheritedName, numeral, spoilt } from './strings.ts';
import { ids as typed } from '../../shared/foundation/ids.fixture.ts';

vi.mock('../../functions/_runtime/composition.ts', () => import('./composition-in-memory.ts'));
vi.hoisted(() => {
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ROUND_LEASE_MS: '30000',
    SESSION_IDLE_SECONDS: '1800',
  });
});

const nobody = ['00000000-0000-4000-8000-000000000000', '00000000-0000-8000-8000-000000000001'];
const sessionForm = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const roundForm = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Names of parameters and headers beside the one that counts. */
const extras = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Record<string, string>>({}) },
  fc
    .tuple(fc.oneof(inheritedName, hostileText), hostileText)
    .map(([name, value]) => Object.fromEntries([[name, value]])),
);

/** An id as it is, in another spelling, percent-encoded or spoilt. */
function ids(valid: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(valid) },
    { weight: 3, arbitrary: spoilt(fc.constant(valid)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...nobody,
        valid.toUpperCase(),
        encodeURIComponent(`${valid}#`),
        `${valid}/..`,
      ),
    },
    { weight: 1, arbitrary: hostileText },
  );
}

describe('a path', () => {
  const routes = fc.constantFrom(
    {
      handler: verifySession,
      name: 'sessionId',
      valid: player.sessionId,
      unknown: 'UNKNOWN_SESSION',
      effects: [],
    },
    {
      handler: listRounds,
      name: 'sessionId',
      valid: player.sessionId,
      unknown: 'UNKNOWN_SESSION',
      effects: [],
    },
    {
      handler: getRound,
      name: 'roundId',
      valid: sampleIntent({ log: player }).roundId,
      unknown: 'UNKNOWN_ROUND',
      effects: [],
    },
    {
      handler: revokeSession,
      name: 'sessionId',
      valid: player.sessionId,
      unknown: 'UNKNOWN_SESSION',
      effects: ['revoke'],
    },
  );
  const requests = routes.chain((route) => fc.tuple(fc.constant(route), ids(route.valid), extras));

  it(
    'a path names exactly one session or round, or nothing',
    hostile(requests, async ([route, id, extra]) => {
      const world = await World.open();
      await world.rounds.put({
        ...sampleIntent({ log: player, sessionId: typed.session(player.sessionId) }),
      });
      const pathParameters = Object.fromEntries([...Object.entries(extra), [route.name, id]]);
      const headers = { 'x-operator-key': operatorKey };
      const answer = await call(route.handler, { pathParameters, headers, httpMethod: 'GET' });
      const form = route.name === 'roundId' ? roundForm : sessionForm;
      if (!form.test(id) || Object.keys(pathParameters).length > 1) {
        expect([answer.code, world.effects]).toEqual(['INVALID_REQUEST', []]);
        return 'refused';
      }
      expect(answer.code).toBe(id === route.valid ? undefined : route.unknown);
      // What is asked to be revoked and is not there is looked up by the write itself.
      expect(world.effects.filter((effect) => effect !== 'revoke')).toEqual([]);
      expect(
        (await world.rounds.sessions.get(typed.session(player.sessionId)))?.revokedAtMs !== undefined,
      ).toBe(route.effects.length > 0 && id === route.valid);
      return 'accepted';
    }),
  );

  const games = fc.oneof(
    ids(player.gameCode),
    fc.constantFrom('%63oin', 'ｃoin', 'сoin', 'Coin', 'coin ', 'coin\0'),
  );
  it(
    'a path names exactly one game, or nothing',
    hostile(fc.tuple(games, extras), async ([gameCode, extra]) => {
      const world = await World.open();
      const pathParameters = Object.fromEntries([...Object.entries(extra), ['gameCode', gameCode]]);
      const body = JSON.stringify({ session_id: player.sessionId, bet_amount: '1.00' });
      const answer = await call(playSpin, { pathParameters, body });
      if (gameCode === player.gameCode && Object.keys(pathParameters).length === 1) {
        expect([answer.code, world.rounds.calls.length]).toEqual([undefined, 2]);
        return 'accepted';
      }
      const isGame = /^[a-z0-9][a-z0-9-]{0,47}$/.test(gameCode) && Object.keys(pathParameters).length === 1;
      expect([answer.code, world.effects]).toEqual([
        isGame ? 'SESSION_GAME_MISMATCH' : 'INVALID_REQUEST',
        [],
      ]);
      return 'refused';
    }),
  );
});

describe('a query', () => {
  const values = fc.oneof(
    numeral,
    fc.integer({ min: -5, max: 200 }).map(String),
    spoilt(fc.constantFrom('5', '20')),
    hostileText,
  );
  const queries = fc.record({ limit: values, cursor: values }, { requiredKeys: [] });
  const repeated = fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    fc.tuple(fc.constantFrom('limit', 'cursor'), values),
  );

  it(
    'a query pages by plain integers, or is refused',
    hostile(fc.tuple(queries, extras, repeated), async ([query, extra, twice]) => {
      const world = await World.open();
      await world.rounds.put({
        ...sampleIntent({ log: player, sessionId: typed.session(player.sessionId) }),
      });
      const given = [...Object.entries(extra), ...Object.entries(query), ...(twice ? [twice] : [])];
      const pathParameters = { sessionId: player.sessionId };
      const answer = await call(listRounds, { pathParameters, ...queryOf(given), httpMethod: 'GET' });
      expect(world.effects).toEqual([]);
      const { limit, cursor } = { ...query, ...Object.fromEntries(twice ? [twice] : []) };
      const isRepeated = new Set(given.map(([name]) => name)).size < given.length;
      const isLimit = limit === undefined || (/^[1-9][0-9]{0,2}$/.test(limit) && Number(limit) <= 100);
      const isKnown = Object.keys(extra).every((name) => ['limit', 'cursor'].includes(name));
      if (isRepeated || !isLimit || !isKnown || Array.from(cursor ?? '').length > 64) {
        expect(answer.code).toBe('INVALID_REQUEST');
        return 'refused';
      }
      const isCursor = cursor === undefined || (/^[0-9]{1,9}$/.test(cursor) && !/^0+$/.test(cursor));
      expect(answer.code).toBe(isCursor ? undefined : 'INVALID_CURSOR');
      if (!isCursor) return 'refused';
      expect((answer.body['rounds'] as unknown[]).length).toBe(
        cursor === undefined || Number(cursor) > 1 ? 1 : 0,
      );
      return 'accepted';
    }),
  );
});

describe('headers', () => {
  const casing = fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => name.toUpperCase(),
    (name) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
  );
  const keys = fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[!-~]{1,66}$/) },
    { weight: 1, arbitrary: spoilt(fc.constant('key-1')) },
    { weight: 1, arbitrary: fc.oneof(hostileText, fc.constantFrom('', 'k'.repeat(64), 'k'.repeat(65))) },
  );
  const types = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'application/json',
        'Application/JSON; charset=utf-8',
        ' application/json;x',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.oneof(
        hostileText,
        fc.constantFrom('', 'text/json', 'application/json+x', 'application/jsoո'),
      ),
    },
  );
  const repeated = fc.constantFrom(false, false, false, false, 'in-values', 'in-casing');
  const given = fc.tuple(keys, types, casing, extras, fc.boolean(), repeated);

  it(
    'headers are taken in any case, or refused',
    hostile(given, async ([key, type, cased, extra, keyed, twice]) => {
      const world = await World.open();
      const named = [[cased('content-type'), type], ...(keyed ? [[cased('idempotency-key'), key]] : [])];
      const headers = Object.fromEntries([...Object.entries(extra), ...named]) as Record<string, string>;
      const body = JSON.stringify({ session_id: player.sessionId, bet_amount: '1.00' });
      const event: Partial<APIGatewayProxyEvent> = { headers, body };
      if (twice === 'in-casing')
        event.headers = { ...headers, 'iDempotency-kEy': 'a', 'Idempotency-keY': 'a' };
      if (twice === 'in-values') event.multiValueHeaders = { [cased('idempotency-key')]: [key, 'other'] };
      const answer = await call(playSpin, event);
      if (twice !== false) {
        expect([answer.code, world.effects]).toEqual(['INVALID_REQUEST', []]);
        return 'refused';
      }
      const isJson = type.split(';')[0]?.trim().toLowerCase() === 'application/json';
      const isKey = !keyed || (key.length <= 64 && /^[!-~]+$/.test(key));
      if (!isJson || !isKey) {
        const codes = [
          ...(isJson ? [] : ['UNSUPPORTED_MEDIA_TYPE']),
          ...(isKey ? [] : ['INVALID_IDEMPOTENCY_KEY']),
        ];
        expect(codes).toContain(answer.code);
        expect(world.effects).toEqual([]);
        return 'refused';
      }
      expect(answer.code).toBeUndefined();
      if (keyed) expect(answer.headers['idempotency-key']).toBe(key);
      return 'accepted';
    }),
  );

  const credentials = fc.record(
    {
      'x-operator-key': fc.oneof(
        fc.constantFrom(operatorKey, otherOperatorKey, ''),
        spoilt(fc.constant(operatorKey)),
        hostileText,
      ),
      'x-session-id': fc.oneof(fc.constantFrom(player.sessionId, ...nobody), ids(player.sessionId)),
    },
    { requiredKeys: [] },
  );
  it(
    'a round is read with exactly its credentials, or not at all',
    hostile(credentials, async (headers) => {
      const world = await World.open();
      const round = await world.rounds.put({
        ...sampleIntent({ log: player, sessionId: typed.session(player.sessionId) }),
      });
      const pathParameters = { roundId: round.roundId };
      const answer = await call(getRound, { pathParameters, headers: { ...headers }, httpMethod: 'GET' });
      expect(world.effects).toEqual([]);
      const { 'x-operator-key': key, 'x-session-id': session } = headers;
      const mayRead = key === undefined ? session === player.sessionId : key === operatorKey;
      if (mayRead) {
        expect(answer.body['round_id']).toBe(round.roundId);
        return 'accepted';
      }
      expect(['INVALID_OPERATOR_KEY', 'MISSING_CREDENTIALS', 'UNKNOWN_SESSION', 'UNKNOWN_ROUND']).toContain(
        answer.code,
      );
      return 'refused';
    }),
  );
});
