import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StreamMappingModel } from '../model.ts';
import type { InvocationResult } from './invocation.ts';
import type { Poller } from './poller.ts';
import { type KeptLog, keepLog, useServices } from '../../../test/kit/services.ts';
import { startStreamPoller } from './stream-poller.ts';
import type { LambdaStreamRecord } from './stream-record.ts';

const running = useServices();
const WAIT = { timeout: 10_000 };

let folder: string;
let tableName: string;
let log: KeptLog;
let pollers: Poller[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rgs-stream-'));
  log = keepLog();
  tableName = `ledger-${randomUUID()}`;
  await running().dynamodb.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
});
afterEach(async () => {
  await Promise.all(pollers.map((poller) => poller.stop()));
  pollers = [];
  rmSync(folder, { recursive: true });
});

async function put(...keys: string[]): Promise<void> {
  for (const key of keys) {
    const Item = {
      pk: { S: key },
      hash: { B: new Uint8Array([1, 2]) },
      parts: { L: [{ BS: [new Uint8Array([3])] }] },
    };
    await running().dynamodb.send(new PutItemCommand({ TableName: tableName, Item }));
  }
}

type Handle = (keys: string[], records: LambdaStreamRecord[]) => Promise<InvocationResult> | InvocationResult;

function poll(handle: Handle, changes: Partial<StreamMappingModel> = {}): Poller {
  const mapping: StreamMappingModel = {
    functionName: 'process-ledger-stream',
    tableName,
    batchSize: 100,
    batchWindowMs: 0,
    bisectsOnError: true,
    maxRetries: 1,
    maxRecordAgeMs: undefined,
    reportsBatchItemFailures: true,
    failureQueueUrl: undefined,
    ...changes,
  };
  const poller = startStreamPoller(mapping, {
    ...running(),
    log,
    checkpointFile: path.join(folder, 'position.json'),
    invoke: async (_name, event) => {
      const { Records } = event as { Records: LambdaStreamRecord[] };
      return handle(Records.map(keyOf), Records);
    },
  });
  pollers.push(poller);
  return poller;
}

const keyOf = ({ dynamodb }: LambdaStreamRecord) => (dynamodb.Keys as { pk: { S: string } }).pk.S;
const succeed: InvocationResult = { ok: true, payload: null };
const failAt = (record: LambdaStreamRecord | undefined): InvocationResult => ({
  ok: true,
  payload: { batchItemFailures: [{ itemIdentifier: record?.dynamodb.SequenceNumber }] },
});
const fail: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'no' } };

test('a change reaches the function in the shape of Lambda', async () => {
  const seen: LambdaStreamRecord[] = [];
  poll((_keys, records) => {
    seen.push(...records);
    return succeed;
  });

  await put('round#1');

  await vi.waitFor(() => expect(seen).toHaveLength(1), WAIT);
  expect(seen[0]).toMatchObject({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: expect.stringContaining(`${tableName}/stream/`),
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { pk: { S: 'round#1' } },
      NewImage: { pk: { S: 'round#1' }, hash: { B: 'AQI=' }, parts: { L: [{ BS: ['Aw=='] }] } },
      SequenceNumber: expect.any(String),
    },
  });
});

test('changes come in order, each of them once, however many there are', async () => {
  const keys = Array.from({ length: 60 }, (_, index) => `round#${index}`);
  const seen: string[] = [];
  poll(
    (batch) => {
      expect(batch.length).toBeLessThanOrEqual(7);
      seen.push(...batch);
      return succeed;
    },
    { batchSize: 7 },
  );

  await put(...keys);

  await vi.waitFor(() => expect(seen).toHaveLength(60), WAIT);
  expect(seen).toEqual(keys);
});

test('changes within the batch window are handled together', async () => {
  const batches: string[][] = [];
  poll(
    (batch) => {
      batches.push(batch);
      return succeed;
    },
    { batchWindowMs: 1_000 },
  );

  await put('a', 'b', 'c');

  await vi.waitFor(() => expect(batches).toEqual([['a', 'b', 'c']]), WAIT);
});

test('after a stop the stream continues where it was acknowledged', async () => {
  const seen: string[] = [];
  const collect: Handle = (keys) => {
    seen.push(...keys);
    return succeed;
  };
  const first = poll(collect);
  await put('a', 'b');
  await vi.waitFor(() => expect(seen).toEqual(['a', 'b']), WAIT);
  await first.stop();
  await put('c');

  poll(collect);

  await vi.waitFor(() => expect(seen).toEqual(['a', 'b', 'c']), WAIT);
});

test('after a crash within a batch the stream continues with what was not acknowledged', async () => {
  const reached = Promise.withResolvers<void>();
  await put('a', 'b', 'c');
  // The function takes the first record, then never answers again, as if the machine had lost its power.
  poll((keys, [, second]) => {
    if (keys[0] === 'a') return failAt(second);
    reached.resolve();
    return new Promise(() => {});
  });
  await reached.promise;
  pollers = [];

  const seen: string[] = [];
  poll((keys) => {
    seen.push(...keys);
    return succeed;
  });

  await vi.waitFor(() => expect(seen).toEqual(['b', 'c']), WAIT);
});

test('a poison record is bisected to its own failure message and its neighbours proceed', async () => {
  const { QueueUrl = '' } = await running().sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
  const handled: string[] = [];
  await put('a', 'b', 'poison', 'd');
  poll(
    (keys) => {
      if (keys.includes('poison')) return fail;
      handled.push(...keys);
      return succeed;
    },
    { failureQueueUrl: QueueUrl },
  );

  await vi.waitFor(() => expect(handled).toEqual(['a', 'b', 'd']), WAIT);
  const { Messages = [] } = await running().sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }),
  );
  expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([
    {
      requestContext: {
        requestId: expect.any(String),
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:process-ledger-stream:$LATEST',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/Z$/),
      DDBStreamBatchInfo: {
        shardId: expect.stringContaining('shardId-'),
        startSequenceNumber: '3',
        endSequenceNumber: '3',
        approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
        batchSize: 1,
        streamArn: expect.stringContaining(tableName),
      },
    },
  ]);
});

test('a position that cannot be read stops the mapping, with a word in the log', async () => {
  writeFileSync(path.join(folder, 'position.json'), '{"streamArn":');
  const seen: string[] = [];
  await put('a');
  poll((keys) => {
    seen.push(...keys);
    return succeed;
  });

  await vi.waitFor(() => expect(log.messages.join()).toContain('position.json cannot be read'), WAIT);
  expect(seen).toEqual([]);
});

test('a poller that waits for changes stops at once', async () => {
  const poller = poll(() => succeed);
  const startedMs = performance.now();

  await poller.stop();

  expect(performance.now() - startedMs).toBeLessThan(500);
});
