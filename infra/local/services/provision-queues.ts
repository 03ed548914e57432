import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueResource } from '../template/resources.ts';

/** Makes each queue, or gives an existing one the template's attributes, as a deployment would. */
export async function ensureQueues(client: SQSClient, queues: readonly QueueResource[]): Promise<void> {
  // A redrive policy may only name a queue that exists.
  const isSource = (queue: QueueResource) => queue.attributes.RedrivePolicy !== undefined;
  for (const queue of queues.filter((one) => !isSource(one))) await ensureQueue(client, queue);
  for (const queue of queues.filter(isSource)) await ensureQueue(client, queue);
}

async function ensureQueue(client: SQSClient, { name, attributes }: QueueResource): Promise<void> {
  const queueUrl = await urlOf(client, name);
  if (queueUrl === undefined) {
    await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }));
    return;
  }
  const { FifoQueue: _, ...settable } = attributes;
  if (Object.keys(settable).length === 0) return;
  await client.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: settable }));
}

async function urlOf(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}
