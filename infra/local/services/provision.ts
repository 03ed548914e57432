import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
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
  // Named without attributes, a queue that exists is answered with its address, whatever it has.
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name }));
  if (Object.keys(attributes).length > 0)
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { ...attributes } }));
}

/** In this region it is no error to make a bucket again. */
async function ensureBuckets(client: S3Client, buckets: readonly BucketResource[]): Promise<void> {
  for (const { name, objectLock } of buckets)
    await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLock }));
}
