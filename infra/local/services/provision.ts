import { CreateBucketCommand, HeadBucketCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { createLocalClients } from '../runtime/local-clients.ts';
import type { BucketResource, QueueResource, Resources } from '../template/resources.ts';
import { ensureTables } from './provision-tables.ts';
import type { Services } from './start-services.ts';

/**
 * Creates what is missing and leaves data alone, so a restart finds it.
 * @throws ServiceError TABLE_CHANGED
 */
export async function provision(resources: Resources, services: Services): Promise<void> {
  using clients = createLocalClients(services.endpoints);
  for (const { keyId } of resources.keys) services.ensureKey(keyId);
  for (const { name } of resources.buses) services.ensureBus(name);
  await Promise.all([
    ensureTables(clients.dynamodb, resources.tables),
    ensureQueues(clients.sqs, resources.queues),
    ensureBuckets(clients.s3, resources.buckets),
  ]);
}

/** Makes each queue, or gives an existing one the template's attributes, as a deployment would. */
async function ensureQueues(client: SQSClient, queues: readonly QueueResource[]): Promise<void> {
  // A redrive policy may only name a queue that exists.
  const isSource = (queue: QueueResource) => queue.attributes.RedrivePolicy !== undefined;
  for (const queue of queues.filter((one) => !isSource(one))) await ensureQueue(client, queue);
  for (const queue of queues.filter(isSource)) await ensureQueue(client, queue);
}

async function ensureQueue(client: SQSClient, { name, attributes }: QueueResource): Promise<void> {
  const QueueUrl = await urlOf(client, name);
  const Attributes = { ...attributes };
  if (QueueUrl === undefined) await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  else if (Object.keys(Attributes).length > 0)
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}

async function urlOf(client: SQSClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function ensureBuckets(client: S3Client, buckets: readonly BucketResource[]): Promise<void> {
  for (const { name, objectLock } of buckets) {
    if (await exists(client, name)) continue;
    await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLock }));
  }
}

async function exists(client: S3Client, name: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
