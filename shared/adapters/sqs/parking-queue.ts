import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsCall } from '../aws/aws-call.ts';

/** A message may have 256 KiB; the rest is for what surrounds the record. */
const MAX_RECORD_CHARACTERS = 60_000;

/** Where a record waits for a person because it cannot be processed, so that it does not hold up those behind it. */
export class SqsParkingQueue {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /**
   * @param record what was received; of a large one the beginning is kept, which names the item it came from
   * @param reason for the person who looks at it
   * @throws DependencyError SERVICE_UNAVAILABLE
   */
  async park(record: unknown, reason: string): Promise<void> {
    const text = JSON.stringify(record) ?? 'undefined';
    const truncated = text.length > MAX_RECORD_CHARACTERS;
    const MessageBody = JSON.stringify({
      version: 1,
      reason,
      truncated,
      record: text.slice(0, MAX_RECORD_CHARACTERS),
    });
    await awsCall('SQS', () =>
      this.#sqs.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody })),
    );
  }
}
