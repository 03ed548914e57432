import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { OperatorId, RoundId } from '../../foundation/ids.ts';
import { addressOf } from '../../rounds/round-address.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { dayFolder, minutePrefix } from './archive-keys.ts';

const DAY_MS = 86_400_000;

export interface ArchivedLine {
  /** The key of the file in the bucket. */
  readonly file: string;
  /** One line of JSON, as it was written. */
  readonly line: string;
}

/** A round is found faster where it is known when it began. Its id alone tells the day only. */
export interface SoughtRound {
  readonly operatorId: OperatorId;
  readonly roundId: RoundId;
  readonly startedAtMs?: number;
}

/**
 * Finds the archive's line of a round, in the files of the minute in which it began. Where that is not known, all files of the
 * day may have to be read, one after the other.
 * @returns undefined where no file has it
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function findArchivedLine(
  s3: S3Client,
  bucket: string,
  sought: SoughtRound,
): Promise<ArchivedLine | undefined> {
  const prefix = prefixOf(sought);
  if (prefix === undefined) return undefined;
  for (const file of await filesOf(s3, bucket, prefix)) {
    const line = (await linesOf(s3, bucket, file)).find((text) =>
      text.includes(`"round_id":"${sought.roundId}"`),
    );
    if (line !== undefined) return { file, line };
  }
  return undefined;
}

function prefixOf({ operatorId, roundId, startedAtMs }: SoughtRound): string | undefined {
  if (startedAtMs !== undefined) return minutePrefix(operatorId, startedAtMs);
  const day = addressOf(roundId)?.day;
  return day === undefined ? undefined : dayFolder(operatorId, day * DAY_MS);
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
