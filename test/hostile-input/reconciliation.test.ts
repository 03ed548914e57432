import { mainWallet } from '../../shared/operators/operator.fixture.ts';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { handler as reconcileRounds } from '../../functions/reconciliation/reconcile-rounds/handler.ts';
import { httpWalletBooks } from '../../shared/wallets/adapters/wallet-books.ts';
import { dayFolder } from '../../shared/archive/adapters/archive-keys.ts';
import { S3ArchivedRounds } from '../../shared/archive/adapters/archived-rounds.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { DependencyError, FaultError } from '../../shared/foundation/errors.ts';
import { type MinorAmount, minorAmount } from '../../shared/money/money.ts';
import type { ArchivedRound } from '../../shared/archive/archived-rounds.ts';
import { operatorKey, otherOperatorKey, RoundsFixture } from '../../shared/rounds/rounds.fixture.ts';
import { amountRule, decimalsOf, type TestCurrency } from './amount-rule.ts';
import { World } from './composition-in-memory.ts';
import { call, queryOf } from './http-requests.ts';
import { instantOf, instantsAround } from './instants.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, inheritedName, numeral, spoilt } from './strings.ts';
import { ids as typed } from '../../shared/foundation/ids.fixture.ts';

vi.mock('../../functions/_runtime/composition.ts', () => import('./composition-in-memory.ts'));
vi.hoisted(() => {
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    HOT_RETENTION_DAYS: '35',
    WALLET_TIMEOUT_MS: '3000',
  });
});
afterEach(() => void vi.unstubAllGlobals());

const DAY_MS = 86_400_000;
const { nowMs } = new RoundsFixture();
const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(valid) }, spoilt(fc.constant(valid)), hostileText);
}

const currencies = fc.constantFrom(...(Object.keys(decimalsOf) as TestCurrency[]));
const money = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('1', '0', '15') }, numeral);

/** The minor units of an amount in a currency, both as they were sent. */
function minorOf(text: Json | undefined, currency: Json | undefined): MinorAmount | undefined {
  if (typeof text !== 'string' || typeof currency !== 'string' || !Object.hasOwn(decimalsOf, currency)) {
    return undefined;
  }
  const minor = amountRule(text, decimalsOf[currency as TestCurrency]);
  return typeof minor === 'bigint' ? minorAmount(minor) : undefined;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** From 1 to so many code points, as JSON Schema counts. */
function isLong(text: Json | undefined, most: number): text is string {
  return typeof text === 'string' && text !== '' && Array.from(text).length <= most;
}

describe('the period of a reconciliation', () => {
  const times = instantsAround(nowMs - DAY_MS, DAY_MS);
  const periods = fc.oneof(
    { weight: 2, arbitrary: fc.tuple(times, times) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.integer({ min: nowMs - 40 * DAY_MS, max: nowMs }), fc.integer({ min: 0, max: DAY_MS + 1 }))
        .map(
          ([fromMs, ms]) => [new Date(fromMs).toISOString(), new Date(fromMs + ms).toISOString()] as const,
        ),
    },
  );
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant<readonly (readonly [string, string])[]>([]) },
    fc
      .tuple(fc.oneof(inheritedName, fc.constantFrom('from', 'to', 'From')), hostileText)
      .map((pair) => [pair]),
  );
  const keys = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(operatorKey, otherOperatorKey) },
    fc.oneof(spoilt(fc.constant(operatorKey)), hostileText, fc.constant(undefined)),
  );
  const twice = fc.constantFrom(...Array<boolean>(19).fill(false), true);

  /** The code of the refusal; undefined for a report. */
  function refusalOf(from: string, to: string, extras: readonly unknown[], key: string | undefined) {
    if (key === undefined) return 'MISSING_CREDENTIALS';
    if (key !== operatorKey && key !== otherOperatorKey) return 'INVALID_OPERATOR_KEY';
    const [fromMs, toMs] = [instantOf(from, 'utc'), instantOf(to, 'utc')];
    if (extras.length > 0 || fromMs === undefined || toMs === undefined) return 'INVALID_REQUEST';
    if (toMs <= fromMs) return 'INVALID_REQUEST';
    if (toMs - fromMs > DAY_MS) return 'PERIOD_TOO_LARGE';
    return fromMs < nowMs - 34 * DAY_MS ? 'PERIOD_TOO_OLD' : undefined;
  }

  it(
    'a reconciliation is of exactly the period and the operator of its request, or is refused',
    hostile(fc.tuple(periods, extra, keys, twice), async ([[from, to], extras, key, isTwice]) => {
      const world = await World.open();
      const headers = key === undefined ? {} : { 'X-Operator-Key': key };
      const multiValueHeaders = isTwice ? { 'x-operator-key': ['a', key ?? ''] } : {};
      const query = queryOf([['from', from], ['to', to], ...extras]);
      const event = { ...query, headers, multiValueHeaders, httpMethod: 'GET', pathParameters: null };
      const answer = await call(reconcileRounds, event);
      expect(world.effects).toEqual([]);
      const code = isTwice ? 'INVALID_REQUEST' : refusalOf(from, to, extras, key);
      expect(answer.code).toBe(code);
      if (code !== undefined) return 'refused';
      expect([answer.body['operator_id'], answer.body['from'], answer.body['to']]).toEqual([
        key === operatorKey ? 'demo' : 'other',
        new Date(instantOf(from, 'utc') ?? 0).toISOString(),
        new Date(instantOf(to, 'utc') ?? 0).toISOString(),
      ]);
      return 'accepted';
    }),
  );
});

describe("a wallet's list of transactions", () => {
  const entry = mutatedObject({
    kind: fc.oneof(
      { weight: 19, arbitrary: fc.constantFrom('debit', 'credit', 'rollback', 'bet-win') },
      fc.constantFrom<unknown>('deposit', 'DEBIT', 'constructor', null),
    ),
    transaction_id: nearly(`${roundId}:debit`),
    round_id: nearly(roundId),
    player_id: nearly('player123'),
    game_code: nearly('coin'),
    currency: fc.oneof({ weight: 19, arbitrary: currencies }, hostileText),
    amount: money,
    win: fc.oneof(
      { weight: 1, arbitrary: money },
      { weight: 3, arbitrary: fc.constantFrom(null, undefined) },
    ),
    at: instantsAround(nowMs, DAY_MS),
    refusal: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<unknown>(null, undefined, 'INSUFFICIENT_FUNDS') },
      fc.constantFrom<unknown>('', 0, false, {}),
    ),
  });
  const next = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('null', '"7"') },
    fc.constantFrom('""', '7', 'true', `"${'7'.repeat(257)}"`, '[]'),
  );
  const page = fc
    .tuple(
      fc.array(entry, { maxLength: 2 }),
      next,
      fc.constantFrom('', '', '', '', '', ',"code":"A"', ',"next":null'),
    )
    .map(([entries, after, more]) => `{"transactions":[${entries.join(',')}],"next":${after}${more}}`);
  const bodies = asBytes(fc.oneof({ weight: 14, arbitrary: page }, { weight: 1, arbitrary: jsonText }));
  const statuses = fc.constantFrom(...Array<number>(12).fill(200), 404, 401, 500, 302);

  const ids = ['transaction_id', 'round_id', 'player_id'] as const;

  function bookedOf(value: Json | undefined): Record<string, unknown> | undefined {
    if (!(value instanceof Map)) return undefined;
    const told = value as ReadonlyMap<string, Json>;
    const [currency, win, refusal] = ['currency', 'win', 'refusal'].map((name) => told.get(name));
    const atMs = instantOf(told.get('at'), 'any');
    const amountMinor = minorOf(told.get('amount'), currency);
    const winMinor = typeof win === 'string' ? minorOf(win, currency) : 0n;
    const isEntry =
      ['debit', 'credit', 'rollback', 'bet-win'].includes(told.get('kind') as string) &&
      ids.every((name) => /^[\x21-\x7e]{1,128}$/.test(textOf(told.get(name)))) &&
      /^[a-z0-9][a-z0-9-]{0,47}$/.test(textOf(told.get('game_code'))) &&
      [undefined, null].includes(win as null) !== (typeof win === 'string') &&
      (refusal === undefined || refusal === null || typeof refusal === 'string');
    if (
      !isEntry ||
      typeof currency !== 'string' ||
      typeof told.get('amount') !== 'string' ||
      atMs === undefined
    ) {
      return undefined;
    }
    // What moved nothing need not be an amount.
    if (typeof refusal === 'string') return {};
    if (amountMinor === undefined || winMinor === undefined) return undefined;
    return {
      kind: told.get('kind'),
      transactionId: told.get('transaction_id'),
      roundId: told.get('round_id'),
      playerId: told.get('player_id'),
      gameCode: told.get('game_code'),
      currency,
      amountMinor,
      winMinor,
      atMs,
    };
  }

  function pageOf(bytes: Buffer) {
    const value = readStrictly(bytes)?.value;
    if (bytes.length > 65_536 || !(value instanceof Map)) return undefined;
    const told = value as ReadonlyMap<string, Json>;
    const [transactions, after] = [told.get('transactions'), told.get('next')];
    const isNext = after === null || isLong(after, 256);
    if (!Array.isArray(transactions) || !isNext || told.has('code')) return undefined;
    const booked = (transactions as readonly Json[]).map(bookedOf);
    if (booked.some((one) => one === undefined)) return undefined;
    // Such a list would never end.
    if (after !== null && booked.length === 0) return undefined;
    return { transactions: booked.filter((one) => 'kind' in (one ?? {})), next: after ?? undefined };
  }

  it(
    'a page of transactions is read to the minor unit and the millisecond, or refused as a whole',
    hostile(fc.tuple(bodies, statuses), async ([bytes, status]) => {
      const connection = {
        secret: async () => 'secret',
        clock: { nowMs: () => nowMs },
        timeoutMs: 60_000,
        post: async () => ({ kind: 'answered', status, bytes }) as const,
      };
      const reading = httpWalletBooks(connection).page(new RoundsFixture().operator, mainWallet, {
        roundId: typed.round(roundId),
      });
      const read = await reading.catch((error: unknown) => {
        expect(error).toBeInstanceOf(DependencyError);
        const { code } = error as DependencyError;
        expect(['WALLET_UNAVAILABLE', 'WALLET_LIST_UNREADABLE']).toContain(code);
        return 'refused' as const;
      });
      const expected = status === 200 ? pageOf(bytes) : undefined;
      expect(read).toEqual(expected ?? 'refused');
      return expected ? 'accepted' : 'refused';
    }),
  );
});

describe('a file of the archive', () => {
  const operatorId = 'demo';
  const file = `${dayFolder(typed.operator(operatorId), nowMs)}file`;
  const line = mutatedObject({
    schema_version: fc.constantFrom<unknown>(...Array<number>(19).fill(3), 2, 4, '3'),
    operator_id: nearly(operatorId),
    player_id: nearly('player123'),
    game_code: nearly('coin'),
    round_number: fc.constantFrom<unknown>(...Array<number>(19).fill(7), 0, '7', 1.5),
    round_id: nearly(roundId),
    status: fc.constantFrom(
      'COMMITTED',
      'CREDITED',
      'CREDITED',
      'REJECTED',
      'FAILED',
      'VOIDED',
      'CREDITED',
      'INTENT',
    ),
    currency: fc.oneof({ weight: 19, arbitrary: currencies }, hostileText),
    stake: money,
    wallet_id: nearly('main'),
    debit_transaction_id: fc.oneof(fc.constant(null), nearly(`${roundId}:debit`)),
    win: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: money }),
    credit_transaction_id: fc.oneof(fc.constant(null), nearly(`${roundId}:credit`)),
    previous_intent_mac: fc.constantFrom<unknown>(...Array<string>(19).fill('AQ=='), null),
    intent_mac: fc.constantFrom<unknown>(...Array<string>(19).fill('Ag=='), 1),
    mac: fc.constantFrom<unknown>(...Array<string>(19).fill('Aw=='), false),
    started_at: instantsAround(nowMs, 3_600_000),
    ended_at: instantsAround(nowMs, 3_600_000),
  });
  const files = fc.tuple(
    fc.array(fc.oneof({ weight: 19, arbitrary: line }, { weight: 1, arbitrary: jsonText }), { maxLength: 2 }),
    fc.constantFrom<'none' | 'cut' | 'flipped' | 'foreign'>(
      ...Array<'none'>(16).fill('none'),
      'cut',
      'flipped',
      'foreign',
    ),
    fc.nat(),
  );

  function owedOf(id: Json | undefined, text: Json | undefined, currency: string) {
    if (id === null) return text === null || typeof text === 'string' ? { owed: undefined } : undefined;
    const amountMinor = minorOf(text, currency);
    if (typeof id !== 'string' || amountMinor === undefined) return undefined;
    return { owed: { transactionId: typed.transaction(id), amountMinor } };
  }

  function isRoundNumber(value: Json | undefined): value is number {
    return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 999_999_999;
  }

  function roundOf(text: string): ArchivedRound | undefined {
    const value = text.isWellFormed() ? readStrictly(Buffer.from(text))?.value : undefined;
    if (!(value instanceof Map)) return undefined;
    const told = value as ReadonlyMap<string, Json>;
    const [id, player, status, currency] = ['round_id', 'player_id', 'status', 'currency'].map((name) =>
      told.get(name),
    );
    const walletId = told.get('wallet_id');
    const number = told.get('round_number');
    const [startedAtMs, updatedAtMs] = ['started_at', 'ended_at'].map((name) =>
      instantOf(told.get(name), 'utc'),
    );
    const isLine =
      told.get('schema_version') === 3 &&
      told.get('operator_id') === operatorId &&
      /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/.test(textOf(player)) &&
      /^[a-z0-9][a-z0-9-]{0,47}$/.test(textOf(told.get('game_code'))) &&
      isRoundNumber(number) &&
      typeof id === 'string' &&
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id) &&
      ['COMMITTED', 'CREDITED', 'REJECTED', 'FAILED', 'VOIDED'].includes(status as string) &&
      typeof told.get('previous_intent_mac') === 'string' &&
      typeof told.get('intent_mac') === 'string' &&
      typeof told.get('mac') === 'string' &&
      typeof walletId === 'string' &&
      /^[a-z0-9][a-z0-9-]{0,15}$/.test(walletId) &&
      typeof currency === 'string' &&
      Object.hasOwn(decimalsOf, currency) &&
      typeof told.get('stake') === 'string';
    if (!isLine || startedAtMs === undefined || updatedAtMs === undefined) return undefined;
    const stake = owedOf(told.get('debit_transaction_id'), told.get('stake'), currency);
    const win = owedOf(told.get('credit_transaction_id'), told.get('win'), currency);
    if (!stake || !win) return undefined;
    return {
      roundId: typed.round(id),
      playerId: typed.player(textOf(player)),
      gameCode: typed.game(textOf(told.get('game_code'))),
      number,
      file,
      lineHash: createHash('sha256').update(text).digest('base64').slice(0, 22),
      previousIntentMac: textOf(told.get('previous_intent_mac')),
      intentMac: textOf(told.get('intent_mac')),
      mac: textOf(told.get('mac')),
      // Nobody signed such a line.
      isAuthentic: false,
      walletId: typed.wallet(walletId),
      currency,
      status: status as 'CREDITED',
      stake: stake.owed,
      win: win.owed,
      startedAtMs,
      updatedAtMs,
    };
  }

  function damaged(bytes: Buffer, damage: string, at: number): Buffer {
    if (damage === 'none') return bytes;
    if (damage === 'foreign') return Buffer.from([...bytes, 0xff]);
    const place = at % bytes.length;
    if (damage === 'cut') return bytes.subarray(0, place);
    return Buffer.from(bytes.map((byte, index) => (index === place ? byte ^ 0x10 : byte)));
  }

  it(
    'a file of the archive is read to the minor unit, or refused as a whole',
    hostile(files, async ([lines, damage, at]) => {
      const text = lines.map((one) => `${one}\n`).join('');
      const plain =
        damage === 'foreign' ? Buffer.concat([Buffer.from(text), Buffer.from([0xff])]) : Buffer.from(text);
      const bytes = damage === 'foreign' ? gzipSync(plain) : damaged(gzipSync(plain), damage, at);
      const s3 = {
        send: async () => ({ Body: { transformToByteArray: async () => new Uint8Array(bytes) } }),
      } as unknown as S3Client;
      const found: (readonly ArchivedRound[])[] = [];
      try {
        found.push(await new S3ArchivedRounds(s3, 'archive', new RoundMacs(openMacs)).read(file));
      } catch (error) {
        expect(error).toBeInstanceOf(FaultError);
        expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
        found.length = 0;
      }
      const rounds = text
        .split('\n')
        .filter((one) => one !== '')
        .map(roundOf);
      const isWhole =
        rounds.every((round) => round !== undefined) && damage !== 'foreign' && damage !== 'cut';
      if (!isWhole || found.length === 0) {
        // Some bits of a gzip file's head say nothing of its content.
        expect([found.length, damage]).toEqual([0, isWhole ? 'flipped' : damage]);
        return 'refused';
      }
      expect(found).toEqual([rounds]);
      return 'accepted';
    }),
  );
});
