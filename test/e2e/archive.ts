import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Target } from './target.ts';

export interface ArchivedRound {
  readonly round_id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** Every round of the operator's audit archive by its id; a round that was archived twice is there once. */
export async function archivedRounds(target: Target): Promise<Map<string, ArchivedRound>> {
  const s3 = new S3Client({ ...clientConfig(target), forcePathStyle: true });
  const Bucket = target.outputs['ArchiveBucket'];
  const Prefix = `rounds/operator=${target.operatorId ?? 'demo'}/`;
  const rounds = new Map<string, ArchivedRound>();
  for (let ContinuationToken: string | undefined, first = true; first || ContinuationToken; first = false) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    for (const { Key } of page.Contents ?? []) {
      const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
      for (const round of readLines((await object.Body?.transformToByteArray()) ?? new Uint8Array())) {
        rounds.set(round.round_id, round);
      }
    }
    ContinuationToken = page.NextContinuationToken;
  }
  s3.destroy();
  return rounds;
}

/** Writes a file as whoever holds the keys of the bucket could, beside those of the minute in which the round began. */
export async function forgeFile(
  target: Target,
  round: ArchivedRound,
  lines: readonly object[],
): Promise<string> {
  const { operator_id: operatorId, started_at: startedAt } = round;
  const [date, hour, minute] = [
    [0, 10],
    [11, 13],
    [14, 16],
  ].map(([from, to]) => String(startedAt).slice(from, to));
  const Key = `rounds/operator=${String(operatorId)}/date=${date}/hour=${hour}/${minute}-forged.jsonl.gz`;
  const Body = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
  const s3 = new S3Client({ ...clientConfig(target), forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: target.outputs['ArchiveBucket'], Key, Body, ChecksumSHA256 }));
  s3.destroy();
  return Key;
}

function readLines(gzipped: Uint8Array): ArchivedRound[] {
  const lines = gunzipSync(gzipped).toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ArchivedRound);
}

function clientConfig({ environment }: Target) {
  const endpoint = environment['AWS_ENDPOINT_URL_S3'];
  return endpoint === undefined
    ? {}
    : {
        endpoint,
        region: environment['AWS_REGION'] ?? 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      };
}
