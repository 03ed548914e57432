import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { startFauxqs } from './fauxqs.ts';
import { clientOptions, started, temporaryFolder } from '../../../test/kit/services.ts';

const QUEUE = 'recovery';

async function open(dataDirectory = temporaryFolder()) {
  const service = await started(startFauxqs(dataDirectory));
  return {
    service,
    dataDirectory,
    queueUrl: `${service.endpoint}/000000000000/${QUEUE}`,
    sqs: new SQSClient(clientOptions(service.endpoint)),
    // No forcePathStyle: the functions' own clients do not set it either.
    s3: new S3Client(clientOptions(service.endpoint)),
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function send({ sqs, queueUrl }: Opened, body: string, delaySeconds = 0): Promise<void> {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }),
  );
}

async function receive({ sqs, queueUrl }: Opened, waitSeconds = 0) {
  const request = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    WaitTimeSeconds: waitSeconds,
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  return (await sqs.send(request)).Messages?.[0];
}

async function counts({ sqs, queueUrl }: Opened) {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return {
    ready: Attributes?.ApproximateNumberOfMessages,
    delayed: Attributes?.ApproximateNumberOfMessagesDelayed,
    inFlight: Attributes?.ApproximateNumberOfMessagesNotVisible,
  };
}

describe('the local SQS and S3', () => {
  it('keeps ready, delayed and received messages over a restart', async () => {
    const first = await open();
    await first.sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
    await send(first, 'received');
    const received = await receive(first);
    expect(received?.Body).toBe('received');
    await send(first, 'ready');
    await send(first, 'delayed', 600);
    await first.service.stop();

    const second = await open(first.dataDirectory);
    expect(await counts(second)).toEqual({ ready: '1', delayed: '1', inFlight: '1' });
    expect((await receive(second))?.Body).toBe('ready');
    // The handle still names the message, so its receiver may delete it.
    const handle = { QueueUrl: second.queueUrl, ReceiptHandle: received?.ReceiptHandle };
    await second.sqs.send(new DeleteMessageCommand(handle));
    expect(await counts(second)).toEqual({ ready: '0', delayed: '1', inFlight: '1' });
  });

  it('refuses to change how long a message is hidden, which it would lose', async () => {
    const opened = await open();
    await opened.sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
    await send(opened, 'kept');
    const ReceiptHandle = (await receive(opened))?.ReceiptHandle;
    const handle = { QueueUrl: opened.queueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    await expect(opened.sqs.send(new ChangeMessageVisibilityCommand(handle))).rejects.toThrow(
      'does not offer AmazonSQS.ChangeMessageVisibility',
    );
    expect(await counts(opened)).toMatchObject({ inFlight: '1' });
  });

  it('says in one line that its file is damaged', async () => {
    const dataDirectory = temporaryFolder();
    writeFileSync(join(dataDirectory, 'fauxqs.db'), 'this is no database, however long one looks at it');
    const failure: unknown = await startFauxqs(dataDirectory).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DATA_CORRUPT', message: expect.stringContaining('fauxqs.db') });
  });

  it('delivers a delayed message to a receiver that waits for it', async () => {
    const opened = await open();
    await opened.sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
    await send(opened, 'later', 1);
    expect(await receive(opened)).toBeUndefined();
    expect((await receive(opened, 5))?.Body).toBe('later');
  });

  it('moves a message that is received too often to the dead-letter queue', async () => {
    const opened = await open();
    const { sqs } = opened;
    await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 1,
    });
    await sqs.send(
      new CreateQueueCommand({ QueueName: QUEUE, Attributes: { RedrivePolicy, VisibilityTimeout: '0' } }),
    );
    await send(opened, 'poison');
    expect((await receive(opened))?.Body).toBe('poison');
    expect(await receive(opened)).toBeUndefined();
    const dead = { ...opened, queueUrl: `${opened.service.endpoint}/000000000000/dead` };
    expect((await receive(dead))?.Body).toBe('poison');
  });

  it('keeps objects over a restart', async () => {
    const first = await open();
    await first.s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
    const object = { Bucket: 'archive', Key: 'acme/2026/03/01/0001.jsonl.gz' };
    await first.s3.send(
      new PutObjectCommand({ ...object, Body: Uint8Array.of(31, 139, 0, 255), Metadata: { hash: 'abc' } }),
    );
    await first.service.stop();
    const second = await open(first.dataDirectory);
    const { Body, Metadata } = await second.s3.send(new GetObjectCommand(object));
    expect([...((await Body?.transformToByteArray()) ?? [])]).toEqual([31, 139, 0, 255]);
    expect(Metadata).toEqual({ hash: 'abc' });
  });

  it('writes a key once where the writer asks for that', async () => {
    const { s3 } = await open();
    await s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
    const put = (Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'chain/1', Body, IfNoneMatch: '*' }));
    await put('first');
    const refusal = await put('second').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(S3ServiceException);
    expect(refusal).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'archive', Key: 'chain/1' }));
    expect(await Body?.transformToString()).toBe('first');
  });

  it('keeps one of two writers of a key who ask for that at the same time', async () => {
    const { s3 } = await open();
    await s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
    const put = (Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'chain/1', Body, IfNoneMatch: '*' }));
    const writers = ['a', 'b', 'c', 'd'];
    const results = await Promise.allSettled(writers.map(put));
    const written = writers.filter((_, index) => results[index]?.status === 'fulfilled');
    expect(written).toHaveLength(1);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'archive', Key: 'chain/1' }));
    expect([await Body?.transformToString()]).toEqual(written);
  });

  it('cannot be reached from another machine', async () => {
    const { service } = await open();
    const { port } = new URL(service.endpoint);
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, family, internal } of addresses) {
      if (family !== 'IPv4' || internal) continue;
      await expect(fetch(`http://${address}:${port}/health`)).rejects.toThrow();
    }
    expect(await (await fetch(`${service.endpoint}/health`)).json()).toEqual({ status: 'ok' });
  });
});
