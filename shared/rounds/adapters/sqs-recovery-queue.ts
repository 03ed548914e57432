import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { RecoveryQueue, RecoveryRequest } from '../recovery-queue.ts';
import { awsCall, unavailable } from '../../aws/aws-call.ts';
import { encodeRecoveryMessage, recoveryGroup } from './recovery-message.ts';

const BATCH = 10;
const MAX_DELAY_SECONDS = 900;
const ATTEMPTS = 2;

export class SqsRecoveryQueue implements RecoveryQueue {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /**
   * Sends requests. A delay over SQS's longest is cut. An early check finds nothing to do and asks again; a lost one
   * would never come.
   * @throws DependencyError SERVICE_UNAVAILABLE where any request was not accepted
   */
  async send(requests: readonly RecoveryRequest[], delayMs: number): Promise<void> {
    const DelaySeconds = Math.min(Math.max(Math.ceil(delayMs / 1000), 0), MAX_DELAY_SECONDS);
    for (let from = 0; from < requests.length; from += BATCH) {
      const batch = requests.slice(from, from + BATCH);
      await this.#sendBatch(
        batch.map((request, index) => ({
          Id: String(index),
          MessageBody: encodeRecoveryMessage(request),
          MessageGroupId: recoveryGroup(request),
          DelaySeconds,
        })),
      );
    }
  }

  /** SQS may accept some messages of a batch and leave others. */
  async #sendBatch(entries: readonly SendMessageBatchRequestEntry[]): Promise<void> {
    let left = entries;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { Failed = [] } = await awsCall('SQS', () =>
        this.#sqs.send(new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries: [...left] })),
      );
      left = left.filter(({ Id }) => Failed.some((failure) => failure.Id === Id));
      if (left.length === 0) return;
    }
    throw unavailable('SQS');
  }
}
