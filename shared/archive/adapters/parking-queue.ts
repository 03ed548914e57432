import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall } from '../../aws/aws-call.ts';

/** The most that SQS takes, and what the queue is made for (infra/constructs/queues.ts). */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Of a record that is too large, at no more than three bytes each. */
const KEPT_CHARACTERS = 300_000;

/** A record of a table's stream, which may be anything. */
interface StreamRecord {
  readonly dynamodb?: { readonly Keys?: unknown } | undefined;
}

/** Where a record waits for a person because it cannot be processed, so that it does not hold up those behind it. */
export class SqsParkingQueue {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /**
   * @param record what was received; of one that no message can hold the beginning is kept, and the key of its item
   * @param reason for the person who looks at it
   * @throws DependencyError SERVICE_UNAVAILABLE
   */
  async park(record: unknown, reason: string): Promise<void> {
    const MessageBody = messageFor(record, reason);
    await awsCall('SQS', () =>
      this.#sqs.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody })),
    );
  }
}

function messageFor(record: unknown, reason: string): string {
  const message = {
    version: 1,
    reason,
    key: (record as StreamRecord | null | undefined)?.dynamodb?.Keys,
    truncated: false,
    record: JSON.stringify(record) ?? 'undefined',
  };
  const whole = JSON.stringify(message);
  if (Buffer.byteLength(whole) <= MAX_MESSAGE_BYTES) return whole;
  return JSON.stringify({ ...message, truncated: true, record: message.record.slice(0, KEPT_CHARACTERS) });
}
