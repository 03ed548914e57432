import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import type { QueueMappingModel } from '../model.ts';
import type { InvocationResult } from './invocation.ts';
import type { Poller } from './poller.ts';
import { startQueuePoller } from './queue-poller.ts';
import { keepLog, useServices } from '../../../test/kit/services.ts';

const running = useServices();
let poller: Poller | undefined;
afterEach(async () => {
  await poller?.stop();
  poller = undefined;
});

const WAIT = { timeout: 10_000 };
const fail: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'down' } };
const succeed = (payload: unknown = null): InvocationResult => ({ ok: true, payload });

async function createQueue(attributes: Record<string, string> = {}) {
  const { sqs } = running();
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: randomUUID(), Attributes: attributes }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { queueUrl: QueueUrl, queueArn: Attributes?.['QueueArn'] ?? '' };
}

async function send(queueUrl: string, ...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) {
    await running().sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
}

/** Polls the queue with a handler that gets the bodies of each batch. */
function poll(
  queue: { queueUrl: string; queueArn: string },
  handle: (event: SQSEvent) => Promise<InvocationResult> | InvocationResult,
  changes: Partial<QueueMappingModel> = {},
): void {
  const mapping = {
    functionName: 'recover-round',
    ...queue,
    batchSize: 10,
    reportsBatchItemFailures: true,
    maxConcurrency: 1,
    ...changes,
  };
  const invoke = async (_name: string, event: unknown) => handle(event as SQSEvent);
  poller = startQueuePoller(mapping, { sqs: running().sqs, invoke, log: keepLog() });
}

const bodiesOf = (event: SQSEvent) => event.Records.map(({ body }) => body);

async function countOf(queueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await running().sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}

test('a message reaches the function in the shape of Lambda and then leaves the queue', async () => {
  const queue = await createQueue();
  const events: SQSEvent[] = [];
  poll(queue, (event) => {
    events.push(event);
    return succeed();
  });

  await running().sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.queueUrl,
      MessageBody: 'check round 1',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'late' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    }),
  );

  await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
  expect(events[0]?.Records[0]).toMatchObject({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: 'check round 1',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d+$/) },
    messageAttributes: {
      kind: { dataType: 'String', stringValue: 'late' },
      raw: { dataType: 'Binary', binaryValue: 'AQI=' },
    },
    eventSource: 'aws:sqs',
    eventSourceARN: queue.queueArn,
    awsRegion: 'us-east-1',
  });
  await vi.waitFor(async () => expect(await countOf(queue.queueUrl)).toBe(0), WAIT);
});

test('only the failed message of a batch returns', async () => {
  const queue = await createQueue({ VisibilityTimeout: '1' });
  await send(queue.queueUrl, 'good', 'bad', 'fine');
  const batches: string[][] = [];
  poll(queue, (event) => {
    batches.push(bodiesOf(event));
    const failed = batches.length === 1 ? event.Records.filter(({ body }) => body === 'bad') : [];
    return succeed({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });
  });

  await vi.waitFor(() => expect(batches).toHaveLength(2), WAIT);
  expect(batches[0]?.toSorted()).toEqual(['bad', 'fine', 'good']);
  expect(batches[1]).toEqual(['bad']);
});

test.each([
  ['the function fails', fail],
  ['its answer cannot be read', succeed({ batchItemFailures: 'all of them' })],
  ['it names a message that was not there', succeed({ batchItemFailures: [{ itemIdentifier: 'unknown' }] })],
])('the whole batch returns when %s', async (_kind, failure) => {
  const queue = await createQueue({ VisibilityTimeout: '1' });
  await send(queue.queueUrl, 'a', 'b');
  const batches: string[][] = [];
  poll(queue, (event) => {
    batches.push(bodiesOf(event).toSorted());
    return batches.length === 1 ? failure : succeed();
  });

  await vi.waitFor(() => expect(batches.flat()).toHaveLength(4), WAIT);
  expect(batches.flat().toSorted()).toEqual(['a', 'a', 'b', 'b']);
});

test('a message that fails too often ends in the dead-letter queue', async () => {
  const dead = await createQueue();
  const queue = await createQueue({
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 2 }),
  });
  await send(queue.queueUrl, 'poison');
  let attempts = 0;
  poll(queue, () => {
    attempts += 1;
    return fail;
  });

  await vi.waitFor(async () => {
    const { Messages = [] } = await running().sqs.send(
      new ReceiveMessageCommand({ QueueUrl: dead.queueUrl }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['poison']);
  }, WAIT);
  expect(attempts).toBe(2);
});

test('a batch is no larger than the mapping allows', async () => {
  const queue = await createQueue();
  await send(queue.queueUrl, 'one', 'two', 'three');
  const batches: string[][] = [];
  poll(
    queue,
    (event) => {
      batches.push(bodiesOf(event));
      return succeed();
    },
    { batchSize: 2 },
  );

  await vi.waitFor(() => expect(batches.flat()).toHaveLength(3), WAIT);
  expect(Math.max(...batches.map(({ length }) => length))).toBe(2);
});

test('no more batches run at once than the mapping allows', async () => {
  const queue = await createQueue();
  await send(queue.queueUrl, 'a', 'b', 'c', 'd');
  let handled = 0;
  let atOnce = 0;
  let most = 0;
  poll(
    queue,
    async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 50));
      atOnce -= 1;
      handled += 1;
      return succeed();
    },
    { maxConcurrency: 2, batchSize: 1 },
  );

  await vi.waitFor(() => expect(handled).toBe(4), WAIT);
  expect(most).toBe(2);
});

test('a poller that waits for messages stops at once', async () => {
  poll(await createQueue(), () => succeed());
  const startedMs = performance.now();

  await poller?.stop();

  expect(performance.now() - startedMs).toBeLessThan(500);
});
