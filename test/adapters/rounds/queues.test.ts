import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../shared/foundation/http-server.fixture.ts';
import { startTestServices, type TestServices } from '../../kit/services.ts';
import { committed, credited, intent } from '../../../shared/rounds/any-round.fixture.ts';
import { MAX_STATE_BYTES } from '../../../shared/engines/wire-format.ts';
import type { RecoveryRequest } from '../../../shared/rounds/recovery-queue.ts';
import { marshallItem } from '../../../shared/aws/attribute-values.fixture.ts';
import { encodeRound } from '../../../shared/rounds/adapters/round-codec.ts';
import { SqsParkingQueue } from '../../../shared/archive/adapters/parking-queue.ts';
import {
  decodeRecoveryMessage,
  encodeRecoveryMessage,
} from '../../../shared/rounds/adapters/recovery-message.ts';
import { SqsRecoveryQueue } from '../../../shared/rounds/adapters/sqs-recovery-queue.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';

let local: TestServices;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  local = await startTestServices();
  sqs = new SQSClient({
    ...local.access,
    endpoint: local.services.endpoints.sqs,
    useQueueUrlAsEndpoint: false,
  });
});
beforeEach(async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
  queueUrl = QueueUrl!;
});
afterAll(async () => {
  sqs.destroy();
  await local.stop();
});

const request = (number: number): RecoveryRequest => ({
  log: {
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
  },
  number,
  purpose: 'finish',
  attempt: 0,
});

async function receiveAll(): Promise<Message[]> {
  const received: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return received;
    received.push(...Messages);
  }
}

async function counts() {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return {
    ready: Number(Attributes?.['ApproximateNumberOfMessages']),
    delayed: Number(Attributes?.['ApproximateNumberOfMessagesDelayed']),
  };
}

describe('the recovery queue', () => {
  it('takes any number of requests, each once', async () => {
    const requests = Array.from({ length: 23 }, (_, index) => request(index + 1));
    await new SqsRecoveryQueue(sqs, queueUrl).send(requests, 0);
    const received = (await receiveAll()).map(({ Body }) => decodeRecoveryMessage(Body!));
    expect(received.sort((left, right) => left.number - right.number)).toEqual(requests);
  });

  it('takes none', async () => {
    await new SqsRecoveryQueue(sqs, queueUrl).send([], 1_000);
    expect(await counts()).toEqual({ ready: 0, delayed: 0 });
  });

  it('holds requests back, also for longer than SQS can', async () => {
    const queue = new SqsRecoveryQueue(sqs, queueUrl);
    await queue.send([request(1)], 1);
    await queue.send([request(2)], 900_000);
    await queue.send([request(3)], 86_400_000);
    expect(await counts()).toEqual({ ready: 0, delayed: 3 });
  });

  it('that does not exist is an error that can be retried', async () => {
    const queue = new SqsRecoveryQueue(sqs, `${queueUrl}-not`);
    await expect(queue.send([request(1)], 0)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('a batch', () => {
  /** Fails the messages with these ids in each call. */
  async function send(requests: readonly RecoveryRequest[], failures: readonly string[][] = []) {
    const calls: string[][] = [];
    const groups: string[] = [];
    const server = await startHttpServer((incoming, response) => {
      void text(incoming).then((body) => {
        const entries = JSON.parse(body).Entries as { Id: string; MessageGroupId: string }[];
        const ids = entries.map(({ Id }) => Id);
        groups.push(...entries.map(({ MessageGroupId }) => MessageGroupId));
        const failing = failures[calls.length] ?? [];
        calls.push(ids);
        const Failed = failing.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
        const Successful = ids.filter((id) => !failing.includes(id)).map((Id) => ({ Id, MessageId: Id }));
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end(JSON.stringify({ Successful, Failed }));
      });
    });
    const client = new SQSClient({ ...local.access, endpoint: server.endpoint, md5: false });
    const sent = await new SqsRecoveryQueue(client, `${server.endpoint}/0/queue`).send(requests, 0).then(
      () => 'sent',
      (error: unknown) => error,
    );
    client.destroy();
    await server.stop();
    return { calls, groups, sent };
  }
  const three = [request(1), request(2), request(3)];

  it('groups its messages by operator, for none to wait behind the wallet of another one', async () => {
    const other = { ...request(1), log: { ...request(1).log, operatorId: ids.operator('other') } };
    expect((await send([request(1), other])).groups).toEqual(['demo', 'other']);
  });

  it('of which SQS takes only some is sent again as to the others', async () => {
    const { calls, sent } = await send(three, [['1', '2']]);
    expect(sent).toBe('sent');
    expect(calls).toEqual([
      ['0', '1', '2'],
      ['1', '2'],
    ]);
  });

  it('of which SQS twice takes only some is an error that can be retried', async () => {
    const { calls, sent } = await send(three, [['1', '2'], ['2']]);
    expect(sent).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    expect(calls).toHaveLength(2);
  });
});

describe('a recovery message', () => {
  it('says what was asked for', () => {
    const first = {
      log: fc.record({
        operatorId: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/).map(ids.operator),
        playerId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/).map(ids.player),
        gameCode: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,47}$/).map(ids.game),
      }),
      number: fc.integer({ min: 1, max: 999_999_999 }),
      purpose: fc.constantFrom('finish', 'confirm-void'),
      attempt: fc.nat(999_999_999),
    } as const;
    const later = {
      ...first,
      owedSinceMs: fc.nat(8_640_000_000_000_000),
      claimedAtMs: fc.nat(8_640_000_000_000_000),
    };
    fc.assert(
      fc.property(fc.oneof(fc.record(first), fc.record(later)), (asked) => {
        expect(decodeRecoveryMessage(encodeRecoveryMessage(asked))).toEqual(asked);
      }),
    );
  });

  const good = JSON.parse(encodeRecoveryMessage(request(1)));
  const broken: Record<string, string> = {
    'no JSON': '{',
    'another version': JSON.stringify({ ...good, version: 2 }),
    'a field too many': JSON.stringify({ ...good, extra: 1 }),
    'no purpose': JSON.stringify({ ...good, purpose: undefined }),
    'the round 0': JSON.stringify({ ...good, round_number: 0 }),
  };
  for (const [flaw, body] of Object.entries(broken)) {
    it(`with ${flaw} is refused`, () => {
      expect(() => decodeRecoveryMessage(body)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
    });
  }
});

describe('the parking queue', () => {
  const Keys = { pk: { S: 'demo#p#g' }, sk: { S: 'round#000000042' } };

  async function parked(
    record: object,
  ): Promise<{ readonly bytes: number; readonly [field: string]: unknown }> {
    await new SqsParkingQueue(sqs, queueUrl).park(record, 'CORRUPT_RECORD');
    const [message] = await receiveAll();
    return { ...JSON.parse(message!.Body!), bytes: Buffer.byteLength(message!.Body!) };
  }

  it('keeps a record with the reason and the key of its item', async () => {
    const record = { eventID: '1', dynamodb: { Keys } };
    const { record: kept, ...message } = await parked(record);
    expect(message).toMatchObject({ version: 1, reason: 'CORRUPT_RECORD', key: Keys, truncated: false });
    expect(JSON.parse(kept as string)).toEqual(record);
  });

  it('keeps a record whole that is about the largest round an engine can make, before and after', async () => {
    const bytes = (length: number) => new Uint8Array(randomBytes(length));
    const start = intent({ sealedOpening: bytes(MAX_STATE_BYTES + 65) });
    // An engine's answer has 64 KiB, and this compresses to no less than three quarters.
    const view = JSON.stringify({ outcome: randomBytes(48_000).toString('base64') });
    const before = committed(start, { sealedStateAfter: bytes(MAX_STATE_BYTES + 33), view });
    const record = {
      eventID: '1',
      dynamodb: {
        Keys,
        NewImage: marshallItem({ ...encodeRound(credited(before)) }),
        OldImage: marshallItem({ ...encodeRound(before) }),
      },
    };
    const { record: kept, truncated, bytes: size } = await parked(record);
    expect([truncated, JSON.parse(kept as string)]).toEqual([false, record]);
    expect(size).toBeGreaterThan(150_000);
  });

  it('keeps the beginning of a record that no message can hold, and the key by which it is found', async () => {
    const record = { eventID: '1', image: '\u20ac"\n'.repeat(400_000), dynamodb: { Keys } };
    const { bytes, ...message } = await parked(record);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(message).toMatchObject({ truncated: true, key: Keys });
    expect(message['record']).toMatch(/^\{"eventID":"1"/);
    expect((message['record'] as string).length).toBeGreaterThan(200_000);
  });
});
