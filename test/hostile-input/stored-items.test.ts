import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, vi, it } from 'vitest';
import fc from 'fast-check';
import { roundsOf } from '../../functions/_runtime/ledger-change.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import type { NativeItem, NativeValue } from '../../shared/aws/attribute-values.ts';
import { decodeRound, encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { anyRound } from '../../shared/rounds/any-round.fixture.ts';
import { hostile, type Verdict } from './runs.ts';
import {
  amount,
  between,
  changed,
  currency,
  gameCode,
  instant,
  isBoolean,
  isBytes,
  isText,
  matches,
  number38,
  oneOf,
  operatorId,
  optional,
  playerId,
  read,
  type Rule,
} from './stored-changes.ts';
import { hostileText, spoilt } from './strings.ts';

vi.hoisted(() => void Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT' }));

const uuidOfBytes: Rule = (value) =>
  value instanceof Uint8Array &&
  value.length === 16 &&
  /^4.{3}[89ab]/.test(Buffer.from(value).toString('hex', 6, 9));

const start: Readonly<Record<string, Rule>> = {
  pk: isText,
  sk: (value) => matches(/^[0-9]{9}$/)(value) && value !== '000000000',
  v: oneOf(4n),
  log: matches(new RegExp(`^${operatorId}#${playerId}#${gameCode}$`)),
  session: uuidOfBytes,
  kind: oneOf('spin', 'bonus'),
  action: (value) => isText(value) && value !== '',
  currency,
  baseBet: amount,
  stake: amount,
  wallet: matches(/^[a-z0-9][a-z0-9-]{0,15}$/),
  betWin: (value) => value === undefined || value === true,
  openedBy: optional((value) => isText(value) && value !== ''),
  gameSteps: optional(between(0n, BigInt(Number.MAX_SAFE_INTEGER))),
  gamePayout: optional(between(0n, 10n ** 38n - 1n)),
  engine: (value) => value instanceof Uint8Array && value.length === 32,
  start: isBytes,
  key: isBytes,
  request: isBytes,
  keys: isBytes,
  startedAt: instant,
  previous: isBytes,
  epoch: between(0n, BigInt(Number.MAX_SAFE_INTEGER)),
  updatedAt: instant,
  mac: isBytes,
  expiresAt: optional(between(0n, 8_640_000_000_000n)),
  expiryMac: optional(isBytes),
};
const outcome: Readonly<Record<string, Rule>> = {
  payout: between(0n, 10n ** 38n - 1n),
  win: amount,
  after: isBytes,
  view: (value) => isText(value) || isBytes(value),
  bonus: isBoolean,
  before: number38,
  balance: number38,
};
const reason = {
  reason: oneOf('DEBIT_UNKNOWN', 'REFUSED_AFTER_UNKNOWN', 'ENGINE_FAILED_AFTER_UNKNOWN', 'ABANDONED'),
};
const byStatus: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  INTENT: {},
  COMMITTED: outcome,
  CREDITED: outcome,
  REJECTED: {
    refusal: oneOf(
      'INSUFFICIENT_FUNDS',
      'LIMIT_REACHED',
      'PLAYER_BLOCKED',
      'WALLET_REFUSED',
      'WALLET_UNAVAILABLE',
    ),
  },
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
    isInItsPartition(item) &&
    togetherOrNotAtAll(item['openedBy'], item['gameSteps'], item['gamePayout']) &&
    togetherOrNotAtAll(item['expiresAt'], item['expiryMac'])
  );
}

/** The partition of a log has the first 76 bits of the SHA-256 of the log's text as its key. */
function isInItsPartition({ pk, log }: NativeItem): boolean {
  return typeof log === 'string' && pk === createHash('sha256').update(log).digest('hex').slice(0, 19);
}

function togetherOrNotAtAll(...values: readonly unknown[]): boolean {
  return new Set(values.map((value) => value === undefined)).size === 1;
}

/** An image of a round has these at the most: those of any status, and the marks that are beside a round. */
const attributes = new Set([
  ...Object.values(byStatus).flatMap((rules) => Object.keys({ ...start, ...rules })),
  'status',
  'archived',
  'rung',
  'rungVoid',
  'confirmed',
  'claimed',
  'claimedVoid',
]);

/** The attributes that count; the others (an archive mark, what a later version added) are left alone. */
function known(item: NativeItem): NativeItem {
  const names = new Set([...Object.keys(rulesFor(item) ?? {}), 'status']);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** A packed view that does not inflate to UTF-8 is not a view; whether it does is zlib's to say. */
function hasReadableView({ view }: NativeItem): boolean {
  return !(view instanceof Uint8Array) || viewsMade.has(Buffer.from(view).toString('hex'));
}
const viewsMade = new Set<string>();

const expiries = fc.record({
  expiresAt: fc.bigInt(0n, 8_640_000_000_000n),
  expiryMac: fc.uint8Array({ maxLength: 16 }),
});
const rounds = fc.tuple(anyRound, fc.option(expiries)).map(([round, expiry]): NativeItem => {
  const item: NativeItem = { ...encodeRound(round), ...expiry };
  if (item['view'] instanceof Uint8Array) viewsMade.add(Buffer.from(item['view']).toString('hex'));
  return item;
});

/** Writes what was read as it was stored. The ledger writes an expiry by itself. */
function encoded(round: ReturnType<typeof decodeRound>): NativeItem {
  const { expiry } = round;
  const written = { expiresAt: BigInt((expiry?.expiresAtMs ?? 0) / 1_000), expiryMac: expiry?.mac ?? null };
  return { ...encodeRound(round), ...(expiry && written) };
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
  const { view, ...written } = encoded(decoded.value);
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
        const change = read(() => roundsOf({ eventName, dynamodb } as DynamoDBRecord));
        if (change?.value && both) expect(change.value.before).toEqual(change.value.after);
        if (!Object.keys(flat).every((name) => attributes.has(name))) {
          expect(change).toBeUndefined();
          return 'refused';
        }
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
        const change = read(() => roundsOf(record as DynamoDBRecord));
        if (place === 'none') {
          expect(change?.value?.after).toEqual(decodeRound(item));
          return 'accepted';
        }
        const after = change?.value.after;
        if (!after) return 'refused';
        // What was put there happened to be an attribute that a round may have.
        expect(isRound({ ...item, [name]: encoded(after)[name] ?? null })).toBe(true);
        return 'accepted';
      },
    ),
  );
});

function isFlat(value: NativeValue): boolean {
  return typeof value !== 'object' || value === null || value instanceof Uint8Array;
}

describe('what the sweep finds', () => {
  const written = encodeRound(fc.sample(anyRound, 1)[0] as Parameters<typeof encodeRound>[0]);
  const part = (valid: string): fc.Arbitrary<NativeValue> =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(valid) },
      spoilt(fc.constant(valid)),
      hostileText,
      fc.constantFrom<NativeValue>('000000000', '1000000000', 'demo#a', 'demo#a#b#c', null, 1n, {}, [valid]),
    );
  const { pk, sk, log } = written;
  const key = fc.record({ pk: part(pk), sk: part(sk), log: part(log) }, { requiredKeys: ['log'] });

  it(
    'the keys of unfinished rounds name exactly those rounds, and a foreign one is told after all others',
    hostile(fc.array(key, { maxLength: 4 }), async (keys) => {
      const client = { send: async () => ({ Items: keys }) } as unknown as DynamoDBDocumentClient;
      const expected = keys.filter(
        (item) =>
          isInItsPartition(item) && ['sk', 'log'].every((name) => start[name]?.(item[name as 'sk']) === true),
      );
      const found: unknown[] = [];
      let refusal: unknown;
      try {
        const whole = { index: 0, count: 1 };
        for await (const page of new DynamoLedger(client, 'ledger', new RoundMacs(openMacs), {
          nowMs: () => 0,
        }).unfinished(0, whole)) {
          for (const { log, number } of page) {
            const text = [log.operatorId, log.playerId, log.gameCode].join('#');
            found.push({ pk: written.pk, sk: String(number).padStart(9, '0'), log: text });
          }
        }
      } catch (error) {
        refusal = error;
      }
      expect(found).toEqual(expected);
      if (expected.length === keys.length) {
        expect(refusal).toBeUndefined();
        return 'accepted';
      }
      expect(refusal).toBeInstanceOf(FaultError);
      expect(refusal).toHaveProperty('code', 'CORRUPT_RECORD');
      return 'refused';
    }),
  );
});
