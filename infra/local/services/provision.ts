import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Resources } from '../template/resources.ts';
import { LOCAL_REGION } from './endpoints.ts';
import { ensureBuckets } from './provision-buckets.ts';
import { ensureQueues } from './provision-queues.ts';
import { ensureTables } from './provision-tables.ts';
import type { Services } from './start-services.ts';

/**
 * Creates what is missing and leaves data alone, so a restart finds it.
 * @throws ServiceError TABLE_CHANGED
 */
export async function provision(resources: Resources, services: Services): Promise<void> {
  const { endpoints } = services;
  const dynamodb = new DynamoDBClient(clientOptions(endpoints.dynamodb));
  const sqs = new SQSClient(clientOptions(endpoints.sqs));
  const s3 = new S3Client({ ...clientOptions(endpoints.s3), forcePathStyle: true });
  try {
    for (const { keyId } of resources.keys) services.ensureKey(keyId);
    for (const { name } of resources.buses) services.ensureBus(name);
    await Promise.all([
      ensureTables(dynamodb, resources.tables),
      ensureQueues(sqs, resources.queues),
      ensureBuckets(s3, resources.buckets),
    ]);
  } finally {
    for (const client of [dynamodb, sqs, s3]) client.destroy();
  }
}

/** Explicit, so that the environment of whoever starts the local run cannot lead it to a real account. */
function clientOptions(endpoint: string) {
  return {
    endpoint,
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}
