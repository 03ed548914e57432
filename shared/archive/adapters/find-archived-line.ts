import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { pMapIterable } from 'p-map';
import type { OperatorId, RoundId } from '../../foundation/ids.ts';
import { BEGUN_BEFORE_MS } from '../../rounds/judge-change.ts';
import { addressOf, logHashOf } from '../../rounds/round-address.ts';
import type { RoundTerms } from '../../rounds/round.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { dayFolder, minutePrefix, operatorFolder } from './archive-keys.ts';

const DAY_MS = 86_400_000;
const FILES_AT_ONCE = 16;

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
 * day may have to be read.
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
  for await (const { file, text } of textsOf(s3, bucket, { Prefix: prefix })) {
    const line = text.split('\n').find((one) => one.includes(`"round_id":"${sought.roundId}"`));
    if (line !== undefined) return { file, line };
  }
  return undefined;
}

/**
 * Finds a round of a log that has a higher number than this one. It reads all files from the minute on in which this one
 * began. Where there are several such rounds, it gives any. @param present has the numbers that are not sought
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function findLaterArchived(
  s3: S3Client,
  bucket: string,
  { log, number, startedAtMs }: Pick<RoundTerms, 'log' | 'number' | 'startedAtMs'>,
  present: readonly number[] = [],
): Promise<RoundId | undefined> {
  const logHash = logHashOf(log);
  const files = {
    Prefix: operatorFolder(log.operatorId),
    StartAfter: minutePrefix(log.operatorId, startedAtMs - BEGUN_BEFORE_MS),
  };
  for await (const { text } of textsOf(s3, bucket, files)) {
    const later = idsIn(text).find((roundId) => {
      const address = addressOf(roundId);
      if (address?.logHash !== logHash || address.number <= number) return false;
      return !present.includes(address.number);
    });
    if (later !== undefined) return later;
  }
  return undefined;
}

/** A quote within a value has a backslash before it, so no value of a line is taken for its id. */
function idsIn(text: string): RoundId[] {
  return Array.from(text.matchAll(/"round_id":"([0-9a-f-]{36})"/g), ([, id = '']) => id as RoundId);
}

function prefixOf({ operatorId, roundId, startedAtMs }: SoughtRound): string | undefined {
  if (startedAtMs !== undefined) return minutePrefix(operatorId, startedAtMs);
  const day = addressOf(roundId)?.day;
  return day === undefined ? undefined : dayFolder(operatorId, day * DAY_MS);
}

interface SoughtFiles {
  readonly Prefix: string;
  readonly StartAfter?: string;
}

async function* textsOf(s3: S3Client, bucket: string, sought: SoughtFiles) {
  const files = await filesOf(s3, bucket, sought);
  const read = async (file: string) => ({ file, text: await textOf(s3, bucket, file) });
  yield* pMapIterable(files, read, { concurrency: FILES_AT_ONCE });
}

function filesOf(s3: S3Client, Bucket: string, sought: SoughtFiles): Promise<string[]> {
  return awsCall('S3', async () => {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, ...sought }))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    return keys;
  });
}

async function textOf(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  const bytes = await awsCall('S3', async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body?.transformToByteArray();
  });
  return (await promisify(gunzip)(bytes ?? new Uint8Array())).toString('utf8');
}
