import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsCall } from '../aws/aws-call.ts';
import { artefactKey } from './artefact-key.ts';

/**
 * Stores an engine under the hash of its bytes. It is never overwritten: what is there already is the same.
 * @returns the SHA-256, lower-case hex
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function publishArtefact(s3: S3Client, bucket: string, wasm: Uint8Array): Promise<string> {
  const digest = createHash('sha256').update(wasm).digest();
  const hash = digest.toString('hex');
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: artefactKey(hash),
    Body: wasm,
    ContentType: 'application/wasm',
    ChecksumSHA256: digest.toString('base64'),
    IfNoneMatch: '*',
  });
  await awsCall('S3', async () => {
    try {
      await s3.send(command);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'PreconditionFailed')) throw error;
    }
  });
  return hash;
}
