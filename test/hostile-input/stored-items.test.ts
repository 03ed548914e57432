import { deflateRawSync } from 'node:zlib';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, vi, it } from 'vitest';
import fc from 'fast-check';
import { changeOf } from '../../functions/_runtime/ledger-change.ts';
import { marshallItem } from '../../shared/adapters/dynamodb/attribute-values.fixture.ts';
import type { NativeItem, NativeValue } from '../../shared/adapters/dynamodb/attribute-values.ts';
import {
  decodeGame,
  decodeOperator,
  encodeGame,
  encodeOperator,
} from '../../shared/adapters/dynamodb/registry-items.ts';
import { decodeRound, encodeRound } from '../../shared/adapters/dynamodb/round-codec.ts';
import { DynamoSessions } from '../../shared/adapters/dynamodb/sessions.ts';
import { FaultError } from '../../shared/domain/errors.ts';
import { anyRound } from '../contracts/rounds.ts';
import { decimalsOf } from './amount-rule.ts';
import { hostile, type Verdict } from './runs.ts';
import { hostileText, inheritedName, numeral, spoilt } from './strings.ts';

vi.hoisted(() => void Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT' }));

const value: fc.Arbitrary<NativeValue> = fc.oneof(
  fc.constantFrom<NativeValue>(
    null,
    true,
    false,
    '',
    0n,
    1n,
    -1n,
    2n,
    new Uint8Array(),
    new Uint8Array(32),
    [],
    {},
  ),
  fc.constantFrom(
    2n ** 53n,
    8_640_000_000_000_001n,
    10n ** 36n - 1n,
    10n ** 36n,
    10n ** 38n - 1n,
    -(10n ** 38n) + 1n,
  ),
  hostileText,
  numeral,
  fc.constantFrom(
    'INTENT',
    'COMMITTED',
    'CREDITED',
    'VOIDED',
    'SETTLED',
    'EUR',
    'XXX',
    'round#000000000',
    'a#b#c#d',
  ),
  fc.uint8Array({ maxLength: 40 }),
);

type Change = (item: NativeItem) => NativeItem;

/** One attribute gone, changed, added or with another's value: what an older version, a hand or a fault may leave. */
const change: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.nat(), value, fc.constantFrom('drop', 'set', 'spoil', 'swap', 'add'), inheritedName)
  .map(([at, other, replacement, kind, added]) => (item) => {
    const names = Object.keys(item);
    const name = names[at % names.length] ?? 'pk';
    const from = names[other % names.length] ?? 'pk';
    const held = item[name];
    if (kind === 'drop') return Object.fromEntries(Object.entries(item).filter(([key]) => key !== name));
    if (kind === 'set') return { ...item, [name]: replacement };
    if (kind === 'swap') return { ...item, [name]: item[from] ?? null };
    if (kind === 'add') return Object.fromEntries([...Object.entries(item), [added, replacement]]);
    return { ...item, [name]: typeof held === 'string' ? `${held}\u0430` : replacement };
  });

function changed(items: fc.Arbitrary<NativeItem>): fc.Arbitrary<NativeItem> {
  return fc
    .tuple(items, fc.array(change, { maxLength: 2 }))
    .map(([item, changes]) => changes.reduce((before, apply) => apply(before), item));
}

type Rule = (value: NativeValue | undefined) => boolean;
const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const between =
  (min: bigint, max: bigint): Rule =>
  (value) =>
    typeof value === 'bigint' && value >= min && value <= max;
const oneOf =
  (...values: readonly NativeValue[]): Rule =>
  (value) =>
    value !== undefined && values.includes(value);
const isBytes: Rule = (value) => value instanceof Uint8Array;
const isBoolean: Rule = (value) => typeof value === 'boolean';
const isText: Rule = (value) => typeof value === 'string';
const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);

const uuid = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i);
const instant = between(0n, 8_640_000_000_000_000n);
const amount = between(0n, 10n ** 36n - 1n);
const number38 = between(-(10n ** 38n) + 1n, 10n ** 38n - 1n);
const operatorId = '[a-z0-9][a-z0-9-]{0,31}';
const playerId = '[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}';
const gameCode = '[a-z0-9][a-z0-9-]{0,47}';
const currency = oneOf(...Object.keys(decimalsOf));

const start: Readonly<Record<string, Rule>> = {
  pk: matches(new RegExp(`^${operatorId}#${playerId}#${gameCode}$`)),
  sk: (value) => matches(/^round#[0-9]{9}$/)(value) && value !== 'round#000000000',
  v: oneOf(1n),
  roundId: uuid,
  sessionId: uuid,
  kind: oneOf('spin', 'bonus'),
  action: (value) => isText(value) && value !== '',
  currency,
  baseBet: amount,
  stake: amount,
  betWin: (value) => value === undefined || value === true,
  openedBy: optional((value) => isText(value) && value !== ''),
  gameSteps: optional(between(0n, BigInt(Number.MAX_SAFE_INTEGER))),
  gamePayout: optional(between(0n, 10n ** 38n - 1n)),
  engine: (value) => value instanceof Uint8Array && value.length === 32,
  start: isBytes,
  key: isBytes,
  request: isBytes,
  earlierKeys: isBytes,
  startedAt: instant,
  epoch: between(0n, BigInt(Number.MAX_SAFE_INTEGER)),
  updatedAt: instant,
};
const outcome: Readonly<Record<string, Rule>> = {
  payout: between(0n, 10n ** 38n - 1n),
  win: amount,
  after: isBytes,
  view: (value) => isText(value) || isBytes(value),
  bonus: isBoolean,
  balanceBefore: number38,
  balanceAfter: number38,
};
const reason = {
  reason: oneOf('DEBIT_UNKNOWN', 'REFUSED_AFTER_UNKNOWN', 'ENGINE_FAILED_AFTER_UNKNOWN', 'ABANDONED'),
};
const byStatus: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  INTENT: {},
  COMMITTED: outcome,
  CREDITED: outcome,
  REJECTED: { refusal: oneOf('INSUFFICIENT_FUNDS', 'LIMIT_REACHED', 'PLAYER_BLOCKED', 'WALLET_REFUSED') },
  FAILED: { failure: isText },
  VOIDING: reason,
  VOIDED: reason,
};

function rulesFor({ status }: NativeItem): Readonly<Record<string, Rule>> | undefined {
  if (typeof status !== 'string' || !Object.hasOwn(byStatus, status)) return undefined;
  return { ...start, ...byStatus[status] };
}

function isRound(item: NativeItem): boolean {
  const rules = rulesFor(item);
  return (
    rules !== undefined &&
    Object.entries(rules).every(([name, rule]) => rule(item[name])) &&
    togetherOrNotAtAll(item['openedBy'], item['gameSteps'], item['gamePayout'])
  );
}

function togetherOrNotAtAll(...values: readonly unknown[]): boolean {
  return new Set(values.map((value) => value === undefined)).size === 1;
}

/** The attributes that count; the others (an expiry, what a later version added) are left alone. */
function known(item: NativeItem): NativeItem {
  const names = new Set([...Object.keys(rulesFor(item) ?? {}), 'status']);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** A packed view that does not inflate to UTF-8 is not a view; whether it does is zlib's to say. */
function hasReadableView({ view }: NativeItem): boolean {
  return !(view instanceof Uint8Array) || viewsMade.has(Buffer.from(view).toString('hex'));
}
const viewsMade = new Set<string>();

const rounds = anyRound.map((round): NativeItem => {
  const item = encodeRound(round) as NativeItem;
  if (item['view'] instanceof Uint8Array) viewsMade.add(Buffer.from(item['view']).toString('hex'));
  return item;
});

function read<T>(decode: () => T): { readonly value: T } | undefined {
  try {
    return { value: decode() };
  } catch (error) {
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
    return undefined;
  }
}

/** Written again, what was read is what was stored: no amount, id or byte has changed on the way. */
function expectSame(
  item: NativeItem,
  decoded: ReturnType<typeof read<ReturnType<typeof decodeRound>>>,
): Verdict {
  const expected = isRound(item);
  if (decoded === undefined) {
    expect(expected && hasReadableView(item)).toBe(false);
    return 'refused';
  }
  expect(expected).toBe(true);
  const { view, ...written } = encodeRound(decoded.value) as NativeItem;
  const { view: stored, ...rest } = known(item);
  expect(plainBytes(written)).toEqual(plainBytes(rest));
  if (typeof stored === 'string') expect(unpacked(view)).toBe(stored);
  return 'accepted';
}

/** Whichever library made the bytes. */
function plainBytes(item: NativeItem): NativeItem {
  const entries = Object.entries(item).map(([name, held]) => [
    name,
    held instanceof Uint8Array ? new Uint8Array(held) : held,
  ]);
  return Object.fromEntries(entries) as NativeItem;
}

function unpacked(view: NativeValue | undefined): string | undefined {
  if (typeof view === 'string' || view === undefined) return view;
  const { outcome } = decodeRound({ ...template, view }) as { outcome: { view: string } };
  return outcome.view;
}
const template = fc.sample(
  rounds.filter(({ status }) => status === 'CREDITED'),
  1,
)[0] as NativeItem;
viewsMade.add(deflateRawSync('').toString('hex'));

describe('a stored round', () => {
  it(
    'a stored round is read to the last minor unit, or refused',
    hostile(changed(rounds), (item) =>
      expectSame(
        item,
        read(() => decodeRound(item)),
      ),
    ),
  );

  it(
    "a record of the ledger's stream is read to the last minor unit, or refused",
    hostile(
      fc.tuple(changed(rounds), fc.constantFrom('INSERT', 'MODIFY', undefined), fc.boolean()),
      ([item, eventName, both]) => {
        const flat = Object.fromEntries(Object.entries(item).filter(([, held]) => isFlat(held)));
        const image: unknown = JSON.parse(JSON.stringify(marshallItem(flat)));
        const dynamodb = { NewImage: image, ...(both && { OldImage: image }) };
        const change = read(() => changeOf({ eventName, dynamodb } as DynamoDBRecord));
        if (change?.value && both) expect(change.value.before).toEqual(change.value.after);
        return expectSame(flat, change && { value: change.value?.after as ReturnType<typeof decodeRound> });
      },
    ),
  );

  const junk = fc.anything({
    maxDepth: 4,
    key: fc.constantFrom('S', 'N', 'B', 'L', 'M', 'BOOL', 'NULL', 'SS', '__proto__'),
  });
  it(
    "a record with a foreign attribute is refused, and one without a round's images as well",
    hostile(
      fc.tuple(rounds, fc.nat(), junk, fc.constantFrom('attribute', 'image', 'record', 'none')),
      ([item, at, foreign, place]) => {
        const image: Record<string, unknown> = marshallItem(item);
        const name = Object.keys(image)[at % Object.keys(image).length] ?? 'pk';
        const spoiltImage = { ...image, [name]: foreign };
        const NewImage = place === 'attribute' ? spoiltImage : place === 'image' ? foreign : image;
        const record = { eventName: 'MODIFY', dynamodb: place === 'record' ? foreign : { NewImage } };
        const change = read(() => changeOf(record as DynamoDBRecord));
        if (place === 'none') {
          expect(change?.value?.after).toEqual(decodeRound(item));
          return 'accepted';
        }
        if (change?.value === undefined) return 'refused';
        // What was put there happened to be an attribute that a round may have.
        expect(isRound({ ...item, [name]: encodeRound(change.value.after)[name as 'pk'] ?? null })).toBe(
          true,
        );
        return 'accepted';
      },
    ),
  );
});

function isFlat(value: NativeValue): boolean {
  return typeof value !== 'object' || value === null || value instanceof Uint8Array;
}

describe('a stored session', () => {
  const sessionId = '7d9f2a10-5b6c-4d7e-9f80-112233445566';
  const item: NativeItem = {
    pk: `session#${sessionId}`,
    sk: 'session',
    sessionId,
    operatorId: 'demo',
    playerId: 'player123',
    gameCode: 'happy-panda',
    currency: 'EUR',
    createdAtMs: 1_700_000_000_000n,
    endsAtMs: 1_700_000_100_000n,
    revokedAtMs: 1_700_000_050_000n,
  };
  const rules: Readonly<Record<string, Rule>> = {
    sessionId: uuid,
    operatorId: matches(new RegExp(`^${operatorId}$`)),
    playerId: matches(new RegExp(`^${playerId}$`)),
    gameCode: matches(new RegExp(`^${gameCode}$`)),
    currency,
    createdAtMs: instant,
    endsAtMs: instant,
    revokedAtMs: (value) => value === undefined || instant(value),
  };

  it(
    'a stored session is read as it is, or refused',
    hostile(changed(fc.constant(item)), async (stored) => {
      const client = { send: async () => ({ Item: stored }) } as unknown as DynamoDBDocumentClient;
      const session = await new DynamoSessions(client, 'sessions').get(sessionId).catch((error: unknown) => {
        expect(error).toBeInstanceOf(FaultError);
        expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
        return undefined;
      });
      expect(session !== undefined).toBe(Object.entries(rules).every(([name, rule]) => rule(stored[name])));
      if (session === undefined) return 'refused';
      expect(session.currency).toBe(stored['currency']);
      expect(new Date(session.expiresAtMs).toISOString()).toMatch(/Z$/);
      return 'accepted';
    }),
  );
});

describe('the registry', () => {
  const operator = encodeOperator(
    {
      operatorId: 'demo',
      name: 'Demo',
      enabled: true,
      walletUrl: 'https://wallet.invalid',
      walletSecretName: 'rgs/demo',
      walletCalls: 'bet-win',
    },
    'ab'.repeat(32),
  );
  it(
    'a stored operator is read as it is, or refused',
    hostile(changed(fc.constant(operator)), (stored) => {
      const decoded = read(() => decodeOperator(stored))?.value;
      const isOperator =
        matches(new RegExp(`^${operatorId}$`))(stored['operatorId']) &&
        isText(stored['name']) &&
        isBoolean(stored['enabled']) &&
        [stored['walletUrl'], stored['walletSecretName']].every((held) => isText(held) && held !== '');
      if (!isOperator) expect(decoded).toBeUndefined();
      if (decoded === undefined) return 'refused';
      expect([decoded.operatorId, decoded.walletUrl]).toEqual([stored['operatorId'], stored['walletUrl']]);
      return 'accepted';
    }),
  );

  const bets = fc.array(
    fc.record({
      currency: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('EUR', 'ETH') },
        spoilt(fc.constant('EUR')),
        fc.constant('XXX'),
      ),
      allowedMinor: fc.array(fc.oneof({ weight: 9, arbitrary: fc.bigInt(1n, 10n ** 36n - 1n) }, value), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  );
  const game = bets.map((offered): NativeItem => {
    const plain = { gameCode: 'coin', title: 'Coin', enabled: true, engineHash: 'ab'.repeat(32), bets: [] };
    return { ...encodeGame(plain), bets: offered };
  });
  it(
    'a stored game offers exactly the bets that are stored, or none',
    hostile(changed(game), (stored) => {
      const decoded = read(() => decodeGame(stored))?.value;
      if (decoded === undefined) return 'refused';
      expect(decoded.bets).toEqual(stored['bets']);
      for (const { currency: code, allowedMinor } of decoded.bets) {
        expect(currency(code)).toBe(true);
        for (const betMinor of allowedMinor) expect(between(1n, 10n ** 36n - 1n)(betMinor)).toBe(true);
      }
      return 'accepted';
    }),
  );
});
