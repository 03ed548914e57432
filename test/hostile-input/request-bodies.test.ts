import { describe, expect, vi, it } from 'vitest';
import fc from 'fast-check';
import { handler as launchSession } from '../../functions/sessions/launch-session/handler.ts';
import { handler as playBonus } from '../../functions/rounds/play-bonus/handler.ts';
import { handler as playSpin } from '../../functions/rounds/play-spin/handler.ts';
import { operatorKey } from '../../shared/rounds/rounds.fixture.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { player, World } from './composition-in-memory.ts';
import { type Answer, BODY_LIMIT_BYTES, call, type SentBody, sentBody } from './http-requests.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile, type Verdict } from './runs.ts';
import { hostileText, numeral, spoilt } from './strings.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

vi.mock('../../functions/_runtime/composition.ts', () => import('./composition-in-memory.ts'));
vi.hoisted(() => {
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ROUND_LEASE_MS: '30000',
    SESSION_IDLE_SECONDS: '1800',
    SESSION_TTL_SECONDS: '86400',
  });
});

const currencies = Object.keys(decimalsOf) as TestCurrency[];
const currency = fc.constantFrom(...currencies);
const nobody = '00000000-0000-4000-8000-000000000000';
const sessionIds = fc.oneof(
  { weight: 8, arbitrary: fc.constant(player.sessionId) },
  { weight: 1, arbitrary: fc.constantFrom(nobody, player.sessionId.toUpperCase(), `${player.sessionId}\n`) },
  { weight: 1, arbitrary: spoilt(fc.constant(player.sessionId)) },
);

/** The codes with which a body may be refused, or its members where it is an object with each name once. */
function membersOf({ bytes, event }: SentBody): readonly string[] | ReadonlyMap<string, Json> {
  // Which is found first of two flaws is not told.
  if (bytes === undefined) {
    return (event.body ?? '').length > BODY_LIMIT_BYTES
      ? ['BODY_TOO_LARGE', 'INVALID_JSON']
      : ['INVALID_JSON'];
  }
  if (bytes.length > BODY_LIMIT_BYTES) return ['BODY_TOO_LARGE'];
  const read = readStrictly(bytes);
  if (read === undefined) return ['INVALID_JSON'];
  return read.value instanceof Map ? (read.value as ReadonlyMap<string, Json>) : ['INVALID_REQUEST'];
}

function isRefusal(expected: readonly string[] | ReadonlyMap<string, Json>): expected is readonly string[] {
  return Array.isArray(expected);
}

function hasOnly(members: ReadonlyMap<string, Json>, names: readonly string[]): boolean {
  return [...members.keys()].every((name) => names.includes(name));
}

/** In code points, as JSON Schema counts. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** A refusal has one of the codes and changes nothing. */
function expectRefusal(world: World, { code }: Answer, codes: readonly string[]): Verdict {
  expect(codes).toContain(code);
  expect(world.effects).toEqual([]);
  return 'refused';
}

function isUuid(text: Json | undefined): text is string {
  return typeof text === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

describe('a spin', () => {
  const amounts = fc.oneof(
    {
      weight: 4,
      arbitrary: currency.map((code) => `1${decimalsOf[code] > 0 ? '.' : ''}${'0'.repeat(decimalsOf[code])}`),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('1', '15', '1.0', '15.00', '0.01', '0.02', '2', '0.00000001', '1.000'),
    },
    { weight: 2, arbitrary: numeral },
    { weight: 1, arbitrary: spoilt(fc.constantFrom('1.00', '1')) },
    { weight: 1, arbitrary: hostileText },
  );
  const lines = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(undefined, 20) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(0, -20, 20.5, 21, 1e300, '20', null, [20], true, 2e1) },
  );
  const spin = mutatedObject({ session_id: sessionIds, bet_amount: amounts, bet_lines: lines });

  /** What the body asks for: the stake, or why it is refused. */
  function expected(body: SentBody, code: TestCurrency): bigint | readonly string[] {
    const members = membersOf(body);
    if (isRefusal(members)) return members;
    const [session, amount, bet] = [
      members.get('session_id'),
      members.get('bet_amount'),
      members.get('bet_lines'),
    ];
    const invalid =
      !hasOnly(members, ['session_id', 'bet_amount', 'bet_lines']) ||
      !isUuid(session) ||
      typeof amount !== 'string' ||
      lengthOf(amount) > 40 ||
      (members.has('bet_lines') && !(Number.isInteger(bet) && Number(bet) >= 1 && Number(bet) <= 1_000));
    // The version and variant of a UUID are not looked at here: an unknown one may be refused either way.
    if (invalid) return ['INVALID_REQUEST'];
    if (session !== player.sessionId) return ['UNKNOWN_SESSION', 'INVALID_REQUEST'];
    const minor = amountRule(amount, decimalsOf[code]);
    if (typeof minor !== 'bigint') return minor;
    const unit = 10n ** BigInt(decimalsOf[code]);
    if (![1n, 2n, unit, 15n * unit].includes(minor)) return ['BET_NOT_OFFERED'];
    return bet === undefined || bet === 20 ? minor : ['BET_LINES_NOT_OFFERED'];
  }

  const bodies = sentBody(
    asBytes(fc.oneof({ weight: 9, arbitrary: spin }, { weight: 1, arbitrary: jsonText })),
  );
  it(
    'a spin takes exactly the stake that its body names, or nothing',
    hostile(fc.tuple(bodies, currency), async ([body, code]) => {
      const world = await World.open(code);
      const answer = await call(playSpin, body.event);
      const stakeMinor = expected(body, code);
      if (typeof stakeMinor !== 'bigint') return expectRefusal(world, answer, stakeMinor);
      expect(answer.code).toBeUndefined();
      const moved = world.rounds.calls.map(({ call, transaction }) => [call, transaction.amountMinor]);
      expect(moved).toEqual([
        ['debit', stakeMinor],
        ['credit', 2n * stakeMinor],
      ]);
      expect(amountRule(String(answer.body['win_amount']), decimalsOf[code])).toBe(2n * stakeMinor);
      return 'accepted';
    }),
  );
});

describe('a bonus action', () => {
  const bonus = mutatedObject({ session_id: sessionIds });
  it(
    'a bonus action is read from its body or refused',
    hostile(
      sentBody(asBytes(fc.oneof({ weight: 9, arbitrary: bonus }, { weight: 1, arbitrary: jsonText }))),
      async (body) => {
        const world = await World.open();
        const answer = await call(playBonus, body.event);
        const members = membersOf(body);
        if (isRefusal(members)) return expectRefusal(world, answer, members);
        const session = members.get('session_id');
        if (!hasOnly(members, ['session_id']) || !isUuid(session)) {
          return expectRefusal(world, answer, ['INVALID_REQUEST']);
        }
        if (session !== player.sessionId)
          return expectRefusal(world, answer, ['UNKNOWN_SESSION', 'INVALID_REQUEST']);
        expectRefusal(world, answer, ['NO_ACTIVE_BONUS']);
        return 'accepted';
      },
    ),
  );
});

describe('a launch', () => {
  const players = fc.oneof(
    fc.constantFrom('player123', 'a', 'A.b_c:d@e-f', 'x'.repeat(64)),
    spoilt(fc.constant('player123')),
    hostileText,
  );
  const fields = {
    player_id: players,
    operator_id: fc.oneof(
      { weight: 9, arbitrary: fc.constant(player.operatorId) },
      spoilt(fc.constant(player.operatorId)),
    ),
    currency: fc.oneof(
      { weight: 9, arbitrary: currency },
      fc.constantFrom('eur', 'EURO', 'XXX', 'ＥＵＲ', 'EUR\n', '__proto__'),
    ),
  };
  const launch = mutatedObject({
    ...fields,
    token: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, hostileText),
  });
  const nearlyToken = fc.oneof(
    { weight: 6, arbitrary: fc.constant('demo') },
    fc.oneof(spoilt(fc.constant('demo')), hostileText, fc.constant(undefined)),
  );

  function isPlayer(id: Json | undefined): id is string {
    return typeof id === 'string' && id.length <= 64 && /^[A-Za-z0-9][-A-Za-z0-9._:@]*$/.test(id);
  }

  function refusal(body: SentBody): readonly string[] | ReadonlyMap<string, Json> {
    const members = membersOf(body);
    if (isRefusal(members)) return members;
    const [operator, code, token] = [
      members.get('operator_id'),
      members.get('currency'),
      members.get('token'),
    ];
    const invalid =
      !hasOnly(members, ['player_id', 'operator_id', 'currency', 'token']) ||
      !isPlayer(members.get('player_id')) ||
      typeof operator !== 'string' ||
      !/^[a-z0-9][a-z0-9-]{0,31}$/.test(operator) ||
      typeof code !== 'string' ||
      !/^[A-Z]{3,5}$/.test(code) ||
      (members.has('token') && (typeof token !== 'string' || token === '' || lengthOf(token) > 512));
    if (invalid) return ['INVALID_REQUEST'];
    if (code === 'XXX' || code === 'EURO') return ['UNKNOWN_CURRENCY'];
    if (operator !== player.operatorId) return ['OPERATOR_MISMATCH'];
    return members;
  }

  it(
    'a launch opens a session for exactly the player that its body names, or none',
    hostile(
      sentBody(asBytes(fc.oneof({ weight: 9, arbitrary: launch }, { weight: 1, arbitrary: jsonText }))),
      async (body) => {
        const world = await World.open();
        const headers = { 'content-type': 'application/json', 'x-operator-key': operatorKey };
        const answer = await call(launchSession, { ...body.event, headers });
        const members = refusal(body);
        if (isRefusal(members)) return expectRefusal(world, answer, members);
        expect(answer.code).toBeUndefined();
        expect(world.effects).toEqual(['create']);
        const session = await world.rounds.sessions.get(ids.session(String(answer.body['session_id'])));
        expect([session?.operatorId, session?.playerId, session?.currency]).toEqual([
          player.operatorId,
          members.get('player_id'),
          members.get('currency'),
        ]);
        return 'accepted';
      },
    ),
  );

  const told = fc.constantFrom(
    'player',
    'player',
    'player',
    'other player',
    'other currency',
    'nobody',
    'down',
  );
  const plain = {
    operator_id: player.operatorId,
    player_id: player.playerId,
    currency: 'EUR',
    token: 'demo',
  };
  const byToken = sentBody(
    asBytes(fc.oneof(mutatedObject({ ...fields, token: nearlyToken }), fc.constant(JSON.stringify(plain)))),
  );

  function textIn(members: ReturnType<typeof membersOf>, name: string): string {
    const value = isRefusal(members) ? undefined : members.get(name);
    return typeof value === 'string' ? value : '';
  }

  it(
    'a launch with a token opens a session for whom the wallet confirms, or none',
    hostile(fc.tuple(byToken, told), async ([body, answered]) => {
      const world = await World.open();
      const members = membersOf(body);
      const [playerId = '', code = ''] = ['player_id', 'currency'].map((name) => textIn(members, name));
      world.confirm('demo', answered, playerId, code);
      const answer = await call(launchSession, body.event);
      const known = refusal(body);
      if (isRefusal(known)) {
        // Whom a token is of is asked after all that the body says of itself.
        const codes = known[0] === 'OPERATOR_MISMATCH' ? ['UNKNOWN_OPERATOR', 'MISSING_CREDENTIALS'] : known;
        return expectRefusal(world, answer, codes);
      }
      const token = known.get('token');
      if (token === undefined) return expectRefusal(world, answer, ['MISSING_CREDENTIALS']);
      if (answered === 'down') return expectRefusal(world, answer, ['WALLET_UNAVAILABLE']);
      if (token !== 'demo' || answered === 'nobody' || answered === 'other player') {
        return expectRefusal(world, answer, ['INVALID_PLAYER_TOKEN']);
      }
      if (answered === 'other currency') return expectRefusal(world, answer, ['ACCOUNT_CURRENCY_MISMATCH']);
      expect([answer.code, world.effects]).toEqual([undefined, ['create']]);
      const session = await world.rounds.sessions.get(ids.session(String(answer.body['session_id'])));
      expect([session?.operatorId, session?.playerId, session?.currency]).toEqual([
        player.operatorId,
        playerId,
        code,
      ]);
      return 'accepted';
    }),
  );
});
