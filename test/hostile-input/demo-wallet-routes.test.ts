import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Accounts } from '../../infra/demo-wallet/accounts.ts';
import { FAULT_NAMES } from '../../infra/demo-wallet/fault-plan.ts';
import { faultRoutes } from '../../infra/demo-wallet/fault-routes.ts';
import { HostileWallet } from '../../infra/demo-wallet/hostile-wallet.ts';
import { WalletRefusal } from '../../infra/demo-wallet/refusal.ts';
import { type Call, type Reply, type Route, routes } from '../../infra/demo-wallet/routes.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { instantOf, instantsAround } from './instants.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, inheritedName, numeral, spoilt } from './strings.ts';

const nowMs = 1_700_000_000_000;
const clock = { nowMs: () => nowMs };
const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
const wallet = new HostileWallet(clock);
let folder: string;
let accounts: Accounts;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rgs-hostile-wallet-'));
  accounts = new Accounts(folder, clock);
  const money = {
    amountMinor: minorAmount(100n),
    currency: 'EUR',
    roundId,
    sessionId: roundId,
    gameCode: 'coin',
  };
  accounts.createPlayer(
    { playerId: 'player123', currency: 'EUR', balanceMinor: minorAmount(100_000n) },
    'demo',
  );
  for (const number of [1, 2, 3]) {
    accounts.debit({ ...money, transactionId: `debit-${number}`, playerId: 'player123', operatorId: 'demo' });
  }
});
afterAll(() => {
  accounts.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a route answers; undefined where it refuses with one of the wallet's codes, as all that it refuses must. */
function answered(method: Route['method'], at: string, given: Partial<Call>): Reply | undefined {
  const route = [...routes, ...faultRoutes(wallet)].find((one) => one.method === method && one.path.test(at));
  const call = {
    pathParameter: '',
    query: new URLSearchParams(),
    body: new Uint8Array(),
    operatorId: 'demo',
  };
  try {
    return route?.answer(accounts, { ...call, ...given });
  } catch (error) {
    expect(error).toBeInstanceOf(WalletRefusal);
    return undefined;
  }
}

/** The members of a flat object that has these names, some of which may be left out. */
function membersOf(
  bytes: Uint8Array,
  names: readonly string[],
  optional: readonly string[] = [],
): ReadonlyMap<string, Json> | undefined {
  const value = readStrictly(bytes)?.value;
  if (!(value instanceof Map)) return undefined;
  const members = value as ReadonlyMap<string, Json>;
  const isOnly = [...members.keys()].every((name) => names.includes(name) || optional.includes(name));
  return isOnly && names.every((name) => members.has(name)) ? members : undefined;
}

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const playerForm = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/;
const isPlayer = (id: Json | undefined): id is string => typeof id === 'string' && playerForm.test(id);

describe('a player of the demo wallet', () => {
  /** Halves of characters, which are one and the same in UTF-8 unless they are refused. */
  const tokens = fc.oneof(hostileText, fc.constantFrom('\ud800', '\udc00', '\ufffd', 'demo', 'a'));
  let made = 0;

  it(
    'a token of the demo wallet is of one player, and of nobody else',
    hostile(
      fc.tuple(tokens, tokens, numeral, fc.constantFrom(...Object.keys(decimalsOf))),
      ([mine, theirs, balance, currency]) => {
        made += 1;
        const playerId = `p-${made}`;
        const body = Buffer.from(JSON.stringify({ player_id: playerId, currency, balance, token: mine }));
        const created = answered('POST', '/players', { body });
        const minor = amountRule(balance, decimalsOf[currency as TestCurrency]);
        const isToken = mine !== '' && Array.from(mine).length <= 512 && mine.isWellFormed();
        const isMade = isToken && typeof minor === 'bigint' && minor < 10n ** 18n && balance.length <= 40;
        expect(created?.status).toBe(isMade ? 201 : undefined);
        const asks = (token: string) =>
          answered('POST', '/wallet/authenticate', {
            body: Buffer.from(JSON.stringify({ token, player_id: playerId })),
          });
        expect([asks(mine), asks(theirs)].map((reply) => reply !== undefined)).toEqual([
          isMade,
          isMade && mine === theirs,
        ]);
        if (!isMade) return 'refused';
        const told = answered('GET', `/players/${playerId}`, { pathParameter: playerId })?.body as {
          balance: string;
        };
        expect(amountRule(told.balance, decimalsOf[currency as TestCurrency])).toBe(minor);
        return 'accepted';
      },
    ),
  );

  const asked = mutatedObject({
    player_id: nearly('player123'),
    currency: fc.oneof({ weight: 9, arbitrary: fc.constant('EUR') }, hostileText, fc.constant('JPY')),
  });
  it(
    'an account of the demo wallet is told to its owner in its currency, or to nobody',
    hostile(fc.tuple(asBytes(asked), nearly('player123')), ([body, pathParameter]) => {
      const members = membersOf(body, ['player_id', 'currency']);
      const isMine = members?.get('player_id') === 'player123' && members.get('currency') === 'EUR';
      const account = { player_id: 'player123', balance: '997.00', currency: 'EUR' };
      expect(answered('POST', '/wallet/balance', { body })?.body).toEqual(isMine ? account : undefined);
      const read = answered('GET', '/players/player123', { pathParameter });
      expect(read?.body).toEqual(pathParameter === 'player123' ? account : undefined);
      return isMine ? 'accepted' : 'refused';
    }),
  );
});

describe('the books of the demo wallet', () => {
  const sequences = () =>
    accounts.entries('player123', { after: 0, limit: 1_000 }).map(({ sequence }) => sequence);
  const numbers = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>(1, 2, 100) },
    fc.constantFrom<unknown>(0, -1, 101, 1.5, 1e300, '1', null),
  );
  const listed = mutatedObject({
    round_id: fc.oneof({ weight: 3, arbitrary: nearly(roundId) }, fc.constant(undefined)),
    from: fc.oneof(
      { weight: 1, arbitrary: instantsAround(nowMs, 5_000) },
      { weight: 3, arbitrary: fc.constant(undefined) },
    ),
    to: fc.oneof(
      { weight: 1, arbitrary: instantsAround(nowMs, 5_000) },
      { weight: 3, arbitrary: fc.constant(undefined) },
    ),
    limit: fc.oneof(numbers, fc.constant(undefined)),
    after: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(undefined, '0', '2') }, numeral),
  });
  const texts = fc.oneof(
    numeral,
    hostileText,
    fc.constantFrom('', '0', '2', '1000', '1001', ' 2', '0x2', '1e0', '2.0'),
  );
  const queries = fc.tuple(
    fc.record({ after: texts, limit: texts, player_id: nearly('player123') }, { requiredKeys: [] }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant<readonly (readonly [string, string])[]>([]) },
      fc.tuple(fc.oneof(inheritedName, fc.constantFrom('after', 'limit')), texts).map((pair) => [pair]),
    ),
  );

  /** Which of the three debits a body asks for; undefined where it is refused. */
  function bookedBy(body: Uint8Array): number | undefined {
    const byRound = membersOf(body, ['round_id'], ['limit', 'after']);
    const members = byRound ?? membersOf(body, ['from', 'to'], ['limit', 'after']);
    if (members === undefined) return undefined;
    const [limit = 100, after = '0'] = [members.get('limit'), members.get('after')];
    const isPage =
      Number.isInteger(limit) &&
      Number(limit) >= 1 &&
      Number(limit) <= 100 &&
      typeof after === 'string' &&
      /^\d{1,15}$/.test(after);
    if (!isPage) return undefined;
    const id = members.get('round_id');
    const isRound =
      typeof id === 'string' &&
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id);
    const [fromMs, toMs] = ['from', 'to'].map((name) => instantOf(members.get(name), 'any'));
    if (byRound ? !isRound : fromMs === undefined || toMs === undefined) return undefined;
    const isIn = byRound ? id === roundId : nowMs >= (fromMs ?? 0) && nowMs < (toMs ?? 0);
    const behind = sequences()
      .slice(1)
      .filter((sequence) => sequence > Number(after));
    return isIn ? Math.min(Number(limit), behind.length) : 0;
  }

  it(
    'the books of the demo wallet are listed from where they are asked for, or not at all',
    hostile(fc.tuple(asBytes(listed), queries), ([body, [query, extra]]) => {
      const booked = answered('POST', '/wallet/transactions', { body })?.body as
        | { transactions: unknown[] }
        | undefined;
      expect(booked?.transactions.length).toBe(bookedBy(body));

      const pairs = [...Object.entries(query), ...extra];
      const read = answered('GET', '/transactions', {
        query: new URLSearchParams(pairs.map(([name, text]) => [name, text] as [string, string])),
      });
      const {
        after = '0',
        limit = '1000',
        player_id,
      } = { ...query, ...Object.fromEntries(extra) } as Partial<typeof query>;
      const isQuery =
        new Set(pairs.map(([name]) => name)).size === pairs.length &&
        pairs.every(([name]) => ['after', 'limit', 'player_id'].includes(name)) &&
        /^\d{1,15}$/.test(after) &&
        /^\d{1,15}$/.test(limit) &&
        Number(limit) >= 1 &&
        Number(limit) <= 1_000 &&
        (player_id === undefined || playerForm.test(player_id));
      expect(read !== undefined).toBe(isQuery);
      if (!read || player_id !== 'player123') return booked ? 'accepted' : 'refused';
      const { transactions } = read.body as { transactions: { sequence: number }[] };
      const behind = sequences().filter((sequence) => sequence > Number(after));
      expect(transactions.map(({ sequence }) => sequence)).toEqual(behind.slice(0, Number(limit)));
      return 'accepted';
    }),
  );
});

describe('the plan of faults of the demo wallet', () => {
  const count = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<unknown>(undefined, 1, 3) },
    fc.constantFrom<unknown>(0, -1, 1.5, 1e9, '1', null),
  );
  const rule = mutatedObject({
    fault: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...FAULT_NAMES) }, hostileText),
    on: fc.constantFrom<unknown>(undefined, undefined, 'debit', ['debit'], [], 'health', 'everything', null),
    player_id: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, nearly('player123')),
    times: count,
    for_ms: fc.constantFrom<unknown>(undefined, undefined, undefined, 0, 600_000, 600_001),
    probability: fc.constantFrom<unknown>(undefined, undefined, undefined, undefined, 0.5, 0, 1.1),
    seed: fc.constantFrom<unknown>(undefined, undefined, undefined, undefined, 1),
  });
  const bodies = asBytes(
    fc.oneof(
      { weight: 9, arbitrary: rule },
      {
        weight: 9,
        arbitrary: fc.array(rule, { maxLength: 2 }).map((rules) => `{"rules":[${rules.join(',')}]}`),
      },
      { weight: 1, arbitrary: jsonText },
    ),
  );

  it(
    'a fault of the demo wallet is planned as it is written, or refused with a code',
    hostile(bodies, (body) => {
      wallet.replace({ rules: [] });
      const planned = answered('PUT', '/faults', { body });
      const added = planned ? undefined : answered('POST', '/faults', { body });
      if (!planned && !added) {
        expect(wallet.view().rules).toEqual([]);
        return 'refused';
      }
      // What is read twice, or in two ways, is not what was written.
      const value = readStrictly(body)?.value as ReadonlyMap<string, Json>;
      expect(value).toBeInstanceOf(Map);
      const written = planned ? (value.get('rules') as readonly ReadonlyMap<string, Json>[]) : [value];
      const rules = wallet.view().rules.map((watched) => watched.rule);
      expect(rules).toHaveLength(written.length);
      for (const [index, one] of written.entries()) {
        const { on, ...named } = Object.fromEntries(one);
        expect(rules[index]).toMatchObject(named);
        if (on !== undefined) expect(rules[index]).toHaveProperty('on', [on].flat());
        const { player_id } = named as { player_id?: Json };
        if (player_id !== undefined) expect(isPlayer(player_id)).toBe(true);
      }
      return 'accepted';
    }),
  );
});
