import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { marshallItem } from '../../shared/aws/attribute-values.fixture.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { encodeRound } from '../../shared/rounds/adapters/round-codec.ts';
import { encodeFreeze } from '../../shared/rounds/adapters/frozen-log-item.ts';
import { keyOf } from '../../shared/rounds/adapters/round-keys.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import type { IntentRound, Round } from '../../shared/rounds/round.ts';
import {
  sampleIntent,
  sampleOutcome,
  storeRound,
  signRound,
} from '../../shared/rounds/sample-round.fixture.ts';
import { delayedMessages, takeMessages, useLocalServices } from './local-services.ts';
import * as compose from '../../functions/_runtime/composition.ts';
import { lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { handler } from '../../functions/archive/process-ledger-stream/handler.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

// Read when the metrics are made, which the imports do.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'process-ledger-stream';
});

const services = useLocalServices();
const delivered: string[] = [];
let sequence = 0;
let playerId: string;

beforeAll(() => {
  services().deliverEvents(
    async ({ detail }) => void delivered.push((detail as { round_id: string }).round_id),
  );
});

beforeEach(() => {
  playerId = `player-${randomUUID()}`;
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

const intent = (number = 1) =>
  sampleIntent({
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player(playerId),
      gameCode: ids.game('happy-panda'),
    },
    number,
    updatedAtMs: Date.now(),
  });
const lost = (round = intent()) =>
  ({ ...round, status: 'COMMITTED', outcome: sampleOutcome({ winMinor: minorAmount(0n) }) }) as const;

/** A round that is in the ledger as it ended, and that the stream has not told of. */
async function played(number: number) {
  return storeRound(compose.ledger(), lost(intent(number)));
}

/** In milliseconds, where the round expires. */
async function expiryOf(round: Round): Promise<number | undefined> {
  const client = documentClient();
  const { Item } = await client.send(
    new GetCommand({ TableName: 'ledger', Key: keyOf(round), ConsistentRead: true }),
  );
  client.destroy();
  const seconds: unknown = Item?.['expiresAt'];
  return typeof seconds === 'bigint' ? Number(seconds) * 1000 : undefined;
}

type Change = NonNullable<DynamoDBRecord['dynamodb']>;

/** A record as Lambda hands it over, made from what the ledger's codec would have stored. */
async function record(
  after: Round | undefined,
  before?: Round,
  change: Partial<Change> = {},
): Promise<DynamoDBRecord> {
  sequence += 1;
  return {
    eventID: `event-${sequence}`,
    eventName: after ? (before ? 'MODIFY' : 'INSERT') : 'REMOVE',
    dynamodb: {
      SequenceNumber: String(sequence),
      ...(after && { NewImage: await image(after) }),
      ...(before && { OldImage: await image(before) }),
      ...change,
    },
  };
}

const consume = async (...records: (DynamoDBRecord | Promise<DynamoDBRecord>)[]) =>
  (await handler({ Records: await Promise.all(records.map(async (record) => record)) }, lambdaContext, {
    signal: new AbortController().signal,
  })) as DynamoDBBatchResponse;

async function image(round: Round): Promise<NonNullable<Change['NewImage']>> {
  return marshallItem({ ...encodeRound(await signRound(compose.roundMacs(), round)) }) as NonNullable<
    Change['NewImage']
  >;
}

/** The intent of a round that has ended. */
const started = (round: Round): IntentRound => ({ ...round, status: 'INTENT' });

/** The ids of all rounds in the archive, as often as they are there. */
async function archivedIds(): Promise<string[]> {
  const s3 = new S3Client();
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'archive' }));
  const ids: string[] = [];
  for (const { Key } of Contents) {
    const object = await s3.send(new GetObjectCommand({ Bucket: 'archive', Key }));
    const lines = gunzipSync((await object.Body?.transformToByteArray()) ?? new Uint8Array()).toString();
    ids.push(
      ...lines
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { round_id: string }).round_id),
    );
  }
  s3.destroy();
  return ids;
}

describe("a batch of the ledger's stream", () => {
  it('puts ended rounds into the archive, and tells the bus', async () => {
    const round = intent();
    expect(await consume(record(round), record(lost(round), round))).toEqual({ batchItemFailures: [] });
    expect(await archivedIds()).toContain(round.roundId);
    await vi.waitFor(() => expect(delivered).toContain(round.roundId), { timeout: 10_000 });
  });

  it('that is delivered again leaves one copy of each round', async () => {
    const round = intent();
    const batch = [record(round), record(lost(round), round)];
    await consume(...batch);
    await consume(...batch);
    expect((await archivedIds()).filter((id) => id === round.roundId)).toHaveLength(1);
  });

  it('queues a check of an unfinished round, which is not due at once', async () => {
    const before = await delayedMessages('RECOVERY_QUEUE_URL');
    await consume(record(intent()));
    expect(await delayedMessages('RECOVERY_QUEUE_URL')).toBe(before + 1);
    expect(await takeMessages('RECOVERY_QUEUE_URL')).toEqual([]);
  });

  it('lets the predecessor of an ended round expire, and not the round itself', async () => {
    const [first, second] = [await played(1), await played(2)];
    await consume(record(first, started(first)));
    await consume(record(second, started(second)));
    const days = (((await expiryOf(first)) ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 1);
    expect(await expiryOf(second)).toBeUndefined();
  });

  it('keeps a round whose own record was put aside, whatever follows it', async () => {
    const rounds = [await played(1), await played(2), await played(3), await played(4)] as const;
    for (const round of rounds) {
      const ending = await record(round, started(round));
      if (round === rounds[1]) Object.assign(ending.dynamodb?.NewImage ?? {}, { v: { N: '99' } });
      await consume(ending);
    }
    expect(await takeMessages('PARKING_QUEUE_URL')).toHaveLength(1);
    const expiries = await Promise.all(rounds.map(expiryOf));
    expect(expiries.map((expiry) => expiry !== undefined)).toEqual([false, false, true, false]);
  });

  it('takes its own marks and expiries for nothing new', async () => {
    const [first, second] = [await played(1), await played(2)];
    await consume(record(first, started(first)), record(second, started(second)));
    const before = await archivedIds();
    const unmarked = await image(first);
    const marked = { ...unmarked, archived: { BOOL: true } };
    const { mac } = await compose.roundMacs().signExpiry(first, 1_800_000_000_000);
    const expiring = {
      ...marked,
      expiresAt: { N: '1800000000' },
      expiryMac: { B: Buffer.from(mac).toString('base64') },
    };
    await consume(
      record(first, first, { NewImage: marked, OldImage: unmarked }),
      record(first, first, { NewImage: expiring, OldImage: marked }),
    );
    expect(await archivedIds()).toEqual(before);
    expect(await takeMessages('RECOVERY_QUEUE_URL')).toEqual([]);
  });

  it('with nothing but the removal of expired rounds asks nothing of anybody', async () => {
    const before = await archivedIds();
    const round = lost();
    const { mac } = await compose.roundMacs().signExpiry(round, 1_800_000_000_000);
    const OldImage = {
      ...(await image(round)),
      expiresAt: { N: '1800000000' },
      expiryMac: { B: Buffer.from(mac).toString('base64') },
    };
    const expired: DynamoDBRecord = {
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { SequenceNumber: '800', ApproximateCreationDateTime: 1_800_000_000, OldImage },
    };
    expect(await consume(expired)).toEqual({ batchItemFailures: [] });
    expect(await archivedIds()).toEqual(before);
    expect(await takeMessages('PARKING_QUEUE_URL')).toEqual([]);
  });
});

describe('a record that cannot be read', () => {
  const unreadable: [string, () => DynamoDBRecord | Promise<DynamoDBRecord>][] = [
    ['it has no image', () => ({ eventName: 'INSERT', dynamodb: { SequenceNumber: '900' } })],
    ['it says nothing at all', () => ({ eventName: 'MODIFY' })],
    ['it is of a later version', () => broken({ v: { N: '99' } })],
    ['its amount is none', () => broken({ stake: { N: '-1' } })],
    ['its win was raised', () => broken({ stake: { N: '1' } })],
    ['its status is unknown', () => broken({ status: { S: 'PAID_TWICE' } })],
    ['its key is not that of a round', () => broken({ sk: { S: 'step#1' } })],
  ];

  async function broken(attributes: Record<string, { N: string } | { S: string }>): Promise<DynamoDBRecord> {
    const good = await record(intent());
    return {
      ...good,
      dynamodb: { ...good.dynamodb, NewImage: { ...good.dynamodb?.NewImage, ...attributes } },
    };
  }

  it.each(unreadable)('is parked with all it holds, and its neighbours go on: %s', async (_, make) => {
    const [before, after] = [intent(), intent()];
    const poison = await make();
    const reply = await consume(record(lost(before), before), poison, record(lost(after), after));
    expect(reply).toEqual({ batchItemFailures: [] });
    const parked = (await takeMessages('PARKING_QUEUE_URL')).map(
      (body) => JSON.parse(body) as { reason: string; record: string; truncated: boolean },
    );
    expect(parked).toHaveLength(1);
    expect(parked[0]).toMatchObject({ truncated: false, reason: expect.stringContaining('FaultError') });
    expect(JSON.parse(parked[0]?.record ?? '')).toEqual(poison);
    expect(await archivedIds()).toEqual(expect.arrayContaining([before.roundId, after.roundId]));
  });

  it.each(['HOT_RETENTION_DAYS', 'ROUND_LEASE_MS', 'ARCHIVE_BUCKET'])(
    'is not parked by a function that has no %s, which would park it again at each retry',
    async (name) => {
      vi.stubEnv(name, undefined);
      vi.resetModules();
      const { handler: misconfigured } = await import(
        '../../functions/archive/process-ledger-stream/handler.ts'
      );
      const consuming = misconfigured({ Records: [{ eventName: 'MODIFY' }] }, lambdaContext, {
        signal: new AbortController().signal,
      });
      await expect(consuming).rejects.toMatchObject({ code: 'MISCONFIGURED' });
      vi.unstubAllEnvs();
      expect(await takeMessages('PARKING_QUEUE_URL')).toEqual([]);
    },
  );

  it('wakes somebody', async () => {
    const written = vi.mocked(process.stdout.write);
    await consume({ eventName: 'MODIFY' });
    expect(written.mock.calls.map(([chunk]) => String(chunk)).join('')).toContain('"RecordParked":1');
    await takeMessages('PARKING_QUEUE_URL');
  });
});

describe('the freeze of a log that somebody changed', () => {
  const logHash = () => logHashOf(intent().log);

  /** Freezes the log at a time, and gives the item. */
  async function frozen(reason: string, frozenAtMs: number) {
    const freeze = { logHash: logHash(), freezeId: randomUUID(), frozenAtMs, reason, released: undefined };
    const item = await encodeFreeze(compose.macs(), freeze);
    await documentClient().send(new PutCommand({ TableName: 'ledger', Item: item }));
    return marshallItem(item) as NonNullable<Change['NewImage']>;
  }

  const change = (images: Partial<Change>, atMs: number): DynamoDBRecord => ({
    eventName: images.NewImage ? 'MODIFY' : 'REMOVE',
    dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: atMs / 1_000, ...images },
  });

  it('takes the place of an older one that was put over it, so that the log is checked until now', async () => {
    const nowMs = Date.now();
    const OldImage = await frozen('The newest rounds were deleted', nowMs);
    const NewImage = await frozen('old', nowMs - 10 * 86_400_000);
    await consume(change({ OldImage, NewImage }, nowMs));
    const freeze = await compose.frozenLogs().find(logHash());
    expect(freeze?.reason).toBe('The newest rounds were deleted; then: The freeze of a log was changed');
    expect(freeze?.frozenAtMs).toBeGreaterThanOrEqual(nowMs);
    expect(await takeMessages('PARKING_QUEUE_URL')).toHaveLength(1);
  });

  it.each([
    ['old', {}],
    ['forged', { reason: { S: 'none' } }],
  ])('is replaced once where it is %s, because the replacement is our own', async (_, forged) => {
    const nowMs = Date.now();
    const old = { ...(await frozen('old', nowMs - 10 * 86_400_000)), ...forged };
    await consume(change({ NewImage: old }, nowMs));
    expect(await takeMessages('PARKING_QUEUE_URL')).toHaveLength(1);
    const Key = { pk: logHash(), sk: 'frozen' };
    const { Item = {} } = await documentClient().send(new GetCommand({ TableName: 'ledger', Key }));
    const replacement = marshallItem(Item) as NonNullable<Change['NewImage']>;
    await consume(change({ OldImage: old, NewImage: replacement }, Date.now()));
    expect(await takeMessages('PARKING_QUEUE_URL')).toEqual([]);
  });

  it('keeps its first reason, also where a forged round is in front of it in the batch', async () => {
    const nowMs = Date.now();
    const OldImage = await frozen('first', nowMs);
    await documentClient().send(
      new DeleteCommand({ TableName: 'ledger', Key: { pk: logHash(), sk: 'frozen' } }),
    );
    const round = intent();
    await consume(record(started(round), lost(round)), change({ OldImage }, nowMs));
    expect((await compose.frozenLogs().find(logHash()))?.reason).toMatch(/^first; then: .* was deleted$/);
    expect(await takeMessages('PARKING_QUEUE_URL')).toHaveLength(2);
  });
});

describe('a service that is down', () => {
  it('makes the whole batch fail, to be delivered again', async () => {
    const round = intent();
    const write = vi.spyOn(compose.archive(), 'write').mockRejectedValue(new Error('S3 is down'));
    await expect(consume(record(lost(round), round))).rejects.toThrow('S3 is down');
    write.mockRestore();
    await consume(record(lost(round), round));
    expect(await archivedIds()).toContain(round.roundId);
  });

  it('makes the whole batch fail where an unreadable record cannot be parked either', async () => {
    vi.spyOn(compose.parking(), 'park').mockRejectedValue(new Error('SQS is down'));
    await expect(consume({ eventName: 'MODIFY' })).rejects.toThrow('SQS is down');
  });

  it('does not keep the log of a forged round from being frozen', async () => {
    const round = intent();
    const { pk, sk } = keyOf(round);
    const NewImage = { ...(await image(round)), stake: { N: '1' } };
    vi.spyOn(compose.parking(), 'park').mockRejectedValue(new Error('SQS is down'));
    const forged = record(round, undefined, { NewImage, Keys: { pk: { S: pk }, sk: { S: sk } } });
    await expect(consume(forged)).rejects.toThrow('SQS is down');
    expect(await compose.ledger().isFrozen(round.log)).toBe(true);
  });
});
