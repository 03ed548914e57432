import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { QueueMappingModel } from '../model.ts';
import { LOCAL_REGION } from '../services/endpoints.ts';
import { failedItems } from './batch-response.ts';
import type { Invoke } from './invocation.ts';
import { type Poller, repeat } from './poller.ts';
import type { RuntimeLog } from './runtime-log.ts';

/** The longest an empty queue may keep a request open. */
const LONG_POLL_SECONDS = 20;
/** Batches of one queue that this machine works on at once; Lambda begins with five. */
const MAX_POLLERS = 5;

export interface QueuePollerOptions {
  readonly sqs: SQSClient;
  readonly invoke: Invoke;
  readonly log: RuntimeLog;
}

type ReceivedMessage = Message & { readonly MessageId: string; readonly ReceiptHandle: string };

/**
 * Does as Lambda's event source mapping for a queue. A message that the function does not take stays in the queue. It
 * comes back when its visibility time-out ends. After too many times the queue moves it to its dead-letter queue.
 */
export function startQueuePoller(mapping: QueueMappingModel, options: QueuePollerOptions): Poller {
  const stopping = new AbortController();
  const count = Math.min(mapping.maxConcurrency ?? MAX_POLLERS, MAX_POLLERS);
  const pollers = Array.from({ length: count }, () =>
    repeat(`Polling ${mapping.queueUrl}`, stopping.signal, options.log, async () => {
      const batch = await receive(mapping, options.sqs, stopping.signal);
      if (batch.length > 0) await handleBatch(batch, mapping, options);
      return 'again';
    }),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

async function receive(
  { queueUrl, batchSize }: QueueMappingModel,
  sqs: SQSClient,
  signal: AbortSignal,
): Promise<ReceivedMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: LONG_POLL_SECONDS,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await sqs.send(command, { abortSignal: signal });
  return Messages as ReceivedMessage[];
}

async function handleBatch(
  batch: readonly ReceivedMessage[],
  mapping: QueueMappingModel,
  { sqs, invoke, log }: QueuePollerOptions,
): Promise<void> {
  const result = await invoke(mapping.functionName, {
    Records: batch.map((message) => toRecord(message, mapping)),
  });
  if (!result.ok) {
    log.warn(`${mapping.functionName} failed a batch of ${batch.length} messages`, { ...result.error });
    return;
  }
  const ids = batch.map(({ MessageId }) => MessageId);
  const failed = mapping.reportsBatchItemFailures ? failedItems(result.payload, ids) : new Set();
  const handled = batch.filter(({ MessageId }) => !failed.has(MessageId));
  if (handled.length === 0) return;
  const Entries = handled.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: mapping.queueUrl, Entries }));
}

function toRecord(message: ReceivedMessage, { queueArn }: QueueMappingModel): SQSRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: LOCAL_REGION,
  };
}

function toAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): SQSMessageAttribute {
  return {
    dataType: DataType as SQSMessageAttribute['dataType'],
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
  };
}
