import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startTestServices, type TestServices } from './services.ts';

export interface TestBucket {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly local: TestServices;
}

/** Gives each test of a file a bucket of its own. @param take is handed the bucket before the test */
export function useBucket(take: (made: TestBucket) => void): void {
  let local: TestServices;
  let s3: S3Client;
  beforeAll(async () => {
    local = await startTestServices();
    s3 = new S3Client({ ...local.access, endpoint: local.services.endpoints.s3, forcePathStyle: true });
  });
  beforeEach(async () => {
    const bucket = randomUUID();
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    take({ s3, bucket, local });
  });
  afterAll(async () => {
    s3.destroy();
    await local.stop();
  });
}
