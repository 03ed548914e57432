import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
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
