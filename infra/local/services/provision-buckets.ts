import { CreateBucketCommand, HeadBucketCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import type { BucketResource } from '../template/resources.ts';

export async function ensureBuckets(client: S3Client, buckets: readonly BucketResource[]): Promise<void> {
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
