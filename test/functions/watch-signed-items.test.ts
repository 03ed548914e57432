import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as compose from '../../functions/_runtime/composition.ts';
import { lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { handler } from '../../functions/encryption/watch-signed-items/handler.ts';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { monthOf } from '../../shared/encryption/adapters/data-keys.ts';
import { DependencyError } from '../../shared/foundation/errors.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { DynamoSessionStore } from '../../shared/sessions/adapters/session-store.ts';
import { takeMessages, useLocalServices } from './local-services.ts';

// Read when the metrics are made, which the imports do.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'watch-signed-items';
});

useLocalServices();

const NOW_MS = Date.now();
const SESSION_ID = randomUUID();
const HOUR_MS = 3_600_000;
const [firstKey, secondKey] = ['11', '22'].map((byte) => byte.repeat(32)) as [string, string];
const TABLE = { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };

let client: ReturnType<typeof documentClient>;
/** Items as the product stored them, in the order of their signing. */
let key: NativeItem;
let replacedKey: NativeItem;
let dataKey: NativeItem;
let session: NativeItem;
let revoked: NativeItem;

beforeAll(async () => {
  client = documentClient();
  const clock = { nowMs: () => NOW_MS };
  const admin = new DynamoRegistryAdmin({ client, tableName: 'config', macs: compose.macs(), clock });
  await admin.putOperator(sampleOperator(), firstKey);
  key = await stored(`operator-key#${firstKey}`, 'operator-key');
  await admin.putOperator(sampleOperator(), secondKey);
  replacedKey = await stored(`operator-key#${firstKey}`, 'operator-key');
  dataKey = await stored(`data-key#${monthOf(NOW_MS)}`, 'data-key');
  session = await sessionItem(undefined);
  revoked = await sessionItem(NOW_MS + 1);
});
afterAll(() => client.destroy());
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

async function stored(pk: string, sk: string): Promise<NativeItem> {
  const get = new GetCommand({ TableName: 'config', Key: { pk, sk }, ConsistentRead: true });
  return (await client.send(get)).Item as NativeItem;
}

/** A session as the store writes it. */
async function sessionItem(revokedAtMs: number | undefined): Promise<NativeItem> {
  let written: NativeItem = {};
  const send = async ({ input }: { input: { Item: NativeItem } }) => {
    written = input.Item;
    return {};
  };
  const table = { client: { send } as never, tableName: 'sessions', macs: compose.macs() };
  await new DynamoSessionStore(table).create({
    sessionId: ids.session(SESSION_ID),
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    currency: 'EUR',
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + HOUR_MS,
    revokedAtMs,
  });
  return written;
}

/** A record as Lambda hands it over. */
function record(
  before: NativeItem | undefined,
  after: NativeItem | undefined,
  { atMs = NOW_MS, ...more }: { atMs?: number; userIdentity?: unknown } = {},
): DynamoDBRecord {
  const { pk, sk } = (after ?? before) as NativeItem;
  const dynamodb = {
    ApproximateCreationDateTime: Math.floor(atMs / 1_000),
    Keys: marshallItem({ pk: pk ?? '', sk: sk ?? '' }),
    ...(before && { OldImage: marshallItem(before) }),
    ...(after && { NewImage: marshallItem(after) }),
  };
  const eventName = after ? (before ? 'MODIFY' : 'INSERT') : 'REMOVE';
  return { eventName, dynamodb, ...more } as DynamoDBRecord;
}

const consume = async (...Records: unknown[]) =>
  (await handler({ Records }, lambdaContext, {
    signal: new AbortController().signal,
  })) as DynamoDBBatchResponse;

const own = (): DynamoDBRecord[] => [
  record(undefined, dataKey),
  record(undefined, key),
  record(key, replacedKey),
  record(undefined, session),
  record(session, revoked),
  record(revoked, undefined, { ...TABLE, atMs: NOW_MS + 25 * HOUR_MS }),
];

async function parked(): Promise<{ reason: string; record: unknown }[]> {
  return (await takeMessages('PARKING_QUEUE_URL')).map((body) => {
    const { reason, record: text } = JSON.parse(body) as { reason: string; record: string };
    return { reason, record: JSON.parse(text) as unknown };
  });
}

const written = () =>
  [process.stdout.write, process.stderr.write]
    .flatMap((write) => vi.mocked(write).mock.calls.map(([chunk]) => String(chunk)))
    .join('');

it('What the product itself writes is parked nowhere and tells nobody', async () => {
  expect(await consume(...own())).toEqual({ batchItemFailures: [] });
  expect(await parked()).toEqual([]);
  expect(written()).not.toContain('RecordParked');
});

describe('A change that is none of the product is parked with all it holds, and its neighbours go on:', () => {
  const changes: readonly [string, string, () => unknown][] = [
    ['an older item over a newer one', 'PUT_BACK', () => record(replacedKey, key)],
    ['a revoked session that is live again', 'PUT_BACK', () => record(revoked, session)],
    [
      'an old item where none is any more',
      'PUT_BACK',
      () => record(undefined, key, { atMs: NOW_MS + HOUR_MS }),
    ],
    [
      'a session that is put where the table had deleted it',
      'PUT_BACK',
      () => record(undefined, session, { atMs: NOW_MS + 26 * HOUR_MS }),
    ],
    ['an item that is deleted', 'DELETED', () => record(replacedKey, undefined)],
    ['an item that expires although nothing here does', 'DELETED', () => record(key, undefined, TABLE)],
    ['a session that is deleted', 'DELETED', () => record(session, undefined)],
    ['a data key that is deleted', 'DELETED', () => record(dataKey, undefined)],
    ['an attribute that is changed', 'FORGED', () => record(key, { ...replacedKey, operatorId: 'other' })],
    ['an attribute that is added to a session', 'FORGED', () => record(session, { ...session, note: 'x' })],
    ['an item without a MAC', 'FORGED', () => record(undefined, { pk: 'webhook#demo', sk: 'webhook' })],
    [
      'a data key that KMS has not made',
      'FORGED',
      () => record(undefined, { ...dataKey, encryptedKey: new Uint8Array(64) }),
    ],
    ['a data key of another month', 'FORGED', () => record(undefined, { ...dataKey, pk: 'data-key#203001' })],
    ['a record without an image', 'FORGED', () => ({ eventName: 'INSERT', dynamodb: {} })],
    ['a key that is a number', 'FORGED', () => ({ dynamodb: { Keys: { pk: { S: 5 } } } })],
    ['no record', 'FORGED', () => null],
  ];

  it.each(changes)('%s (%s)', async (_, reason, make) => {
    const poison = make();
    expect(await consume(...own(), poison, ...own())).toEqual({ batchItemFailures: [] });
    expect(await parked()).toEqual([{ reason, record: poison ?? {} }]);
    expect(written()).toContain('"RecordParked":1');
  });
});

it('The log names the item and what is wrong with it, and never the id of a session', async () => {
  await consume(record(replacedKey, key), record(revoked, session));
  await parked();
  expect(written()).toContain(`"code":"PUT_BACK","item":"operator-key#${firstKey} operator-key"`);
  expect(written()).toMatch(/"code":"PUT_BACK","item":"session [0-9a-f]{16}"/);
  expect(written()).not.toContain(SESSION_ID);
});

describe('A batch that cannot be judged now fails as a whole, to be delivered again:', () => {
  it('the queue is down', async () => {
    vi.spyOn(compose.parking(), 'park').mockRejectedValue(new Error('SQS is down'));
    await expect(consume(record(replacedKey, key))).rejects.toThrow('SQS is down');
  });

  it('the data key is not to be had', async () => {
    const down = new DependencyError('SERVICE_UNAVAILABLE', 'KMS is down');
    vi.spyOn(compose.macs(), 'check').mockRejectedValueOnce(down);
    await expect(consume(...own())).rejects.toBe(down);
    expect(await parked()).toEqual([]);
  });

  it('the function lacks a setting, without which nothing would have its MAC', async () => {
    vi.stubEnv('DATA_KEY_ARN', undefined);
    vi.resetModules();
    const { handler: misconfigured } = await import(
      '../../functions/encryption/watch-signed-items/handler.ts'
    );
    const consuming = misconfigured({ Records: own() }, lambdaContext, {
      signal: new AbortController().signal,
    });
    await expect(consuming).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    vi.unstubAllEnvs();
    expect(await parked()).toEqual([]);
  });
});
