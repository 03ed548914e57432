import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall } from '../../aws/aws-call.ts';

/** SQS takes no larger message, and the queue is made for this size (infra/constructs/queues.ts). */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** The beginning of a record that is too large is kept, at no more than three bytes a character. */
const KEPT_CHARACTERS = 300_000;

/** A record of a table's stream, whose form nothing guarantees. */
interface StreamRecord {
  readonly dynamodb?: { readonly Keys?: unknown } | undefined;
}

/** Here a record waits for a person because it cannot be processed. So it does not hold up the records behind it. */
export class SqsParkingQueue {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /**
   * Parks one record.
   * @param record is what was received; where it fits no message, its beginning and the key of its item are kept
   * @param reason is for the person who looks at it
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
