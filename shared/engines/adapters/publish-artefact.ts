import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsCall } from '../../aws/aws-call.ts';
import { artefactKey, originalKey, recordKey } from './artefact-key.ts';

const WASM = 'application/wasm';

/**
 * Stores an engine under the hash of its bytes. It is never overwritten, because a stored one is the same.
 * @returns the SHA-256, lower-case hex
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function publishArtefact(s3: S3Client, bucket: string, wasm: Uint8Array): Promise<string> {
  const hash = sha256(wasm).toString('hex');
  await storeOnce(s3, bucket, artefactKey(hash), wasm, WASM);
  return hash;
}

export interface EngineOrigin {
  /** The module as its compiler wrote it. */
  readonly original: Uint8Array;
  /** Says what the engine is, and how it was made from the module. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Stores the origin of an engine, beside the place where the engine will lie.
 * @param hash is the engine's
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function publishOrigin(
  s3: S3Client,
  bucket: string,
  hash: string,
  { original, record }: EngineOrigin,
): Promise<void> {
  const json = Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
  await storeOnce(s3, bucket, originalKey(sha256(original).toString('hex')), original, WASM);
  await storeOnce(s3, bucket, recordKey(hash), json, 'application/json');
}

async function storeOnce(
  s3: S3Client,
  Bucket: string,
  Key: string,
  Body: Uint8Array,
  ContentType: string,
): Promise<void> {
  const ChecksumSHA256 = sha256(Body).toString('base64');
  const command = new PutObjectCommand({ Bucket, Key, Body, ContentType, ChecksumSHA256, IfNoneMatch: '*' });
  await awsCall('S3', async () => {
    try {
      await s3.send(command);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'PreconditionFailed')) throw error;
    }
  });
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
