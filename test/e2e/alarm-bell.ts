import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type NativeItem, nativeItem, type WireItem } from '../../shared/aws/attribute-values.ts';
import { eventually } from './client.ts';
import { type ItemKey, keyOf } from './insider.ts';
import type { LocalStackProcess } from './local-stack.ts';

/** A change that the stream's consumer has put aside. */
export interface Parked {
  readonly key: ItemKey;
  readonly reason: string;
  readonly before: NativeItem | undefined;
  readonly after: NativeItem | undefined;
}

/** Tells what a person on call gets to know: the parked changes, and the metrics that alarms watch. */
export class AlarmBell {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string | undefined;
  readonly #logs: string;
  readonly #parked: Parked[] = [];

  constructor({ target, dataDirectory }: LocalStackProcess) {
    this.#sqs = new SQSClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: target.environment['AWS_ENDPOINT_URL_SQS'] ?? '',
      useQueueUrlAsEndpoint: false,
    });
    this.#queueUrl = target.outputs['ParkingQueueUrl'];
    this.#logs = path.join(dataDirectory, 'logs');
  }

  /** The sum of a metric over all functions, as they wrote it into their logs. */
  async countOf(metric: string): Promise<number> {
    const lines = (await this.lines()).filter((line) => line.includes('"_aws"'));
    const values = lines.flatMap(
      (line) => (JSON.parse(line) as Record<string, number | number[]>)[metric] ?? [],
    );
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** All lines that the functions have logged. */
  async lines(): Promise<readonly string[]> {
    const files = (await readdir(this.#logs)).filter((name) => name.endsWith('.log'));
    const texts = await Promise.all(files.map((name) => readFile(path.join(this.#logs, name), 'utf8')));
    return texts.flatMap((text) => text.split('\n'));
  }

  /** The change of an item that was parked last, at most a minute after this is asked. */
  async parkedAt(key: ItemKey): Promise<Parked> {
    return eventually(async () => {
      await this.#receive();
      const index = this.#parked.findIndex((parked) => parked.key.pk === key.pk && parked.key.sk === key.sk);
      return index < 0 ? undefined : this.#parked.splice(index, 1)[0];
    }, 60_000);
  }

  async #receive(): Promise<void> {
    const QueueUrl = this.#queueUrl;
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      this.#parked.push(read(Body));
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }

  close(): void {
    this.#sqs.destroy();
  }
}

function read(body: string): Parked {
  const { reason, record } = JSON.parse(body) as { reason: string; record: string };
  const { dynamodb } = JSON.parse(record) as {
    dynamodb: Record<'Keys' | 'OldImage' | 'NewImage', WireItem | undefined>;
  };
  const [key, before, after] = [dynamodb.Keys, dynamodb.OldImage, dynamodb.NewImage].map(
    (image) => image && nativeItem(image),
  );
  return { key: keyOf(key ?? {}), reason, before, after };
}
