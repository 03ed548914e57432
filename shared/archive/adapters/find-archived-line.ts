import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Round } from '../../rounds/round.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { minutePrefix } from './archive-keys.ts';

export interface ArchivedLine {
  /** The key of the file in the bucket. */
  readonly file: string;
  /** One line of JSON, as it was written. */
  readonly line: string;
}

/**
 * Finds the archive's line of a round, in the files of the minute in which it began.
 * @returns undefined where no file has it
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function findArchivedLine(
  s3: S3Client,
  bucket: string,
  { log, roundId, startedAtMs }: Pick<Round, 'log' | 'roundId' | 'startedAtMs'>,
): Promise<ArchivedLine | undefined> {
  for (const file of await filesOf(s3, bucket, minutePrefix(log.operatorId, startedAtMs))) {
    const line = (await linesOf(s3, bucket, file)).find((text) => text.includes(`"round_id":"${roundId}"`));
    if (line !== undefined) return { file, line };
  }
  return undefined;
}

function filesOf(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  return awsCall('S3', async () => {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    return keys;
  });
}

async function linesOf(s3: S3Client, Bucket: string, Key: string): Promise<string[]> {
  const bytes = await awsCall('S3', async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body?.transformToByteArray();
  });
  const text = await promisify(gunzip)(bytes ?? new Uint8Array());
  return text.toString('utf8').split('\n');
}
