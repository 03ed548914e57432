import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Round } from '../../rounds/round.ts';
import type { Archive } from '../archive.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { minutePrefix } from './archive-keys.ts';
import { archiveRecord } from './archive-record.ts';

/**
 * Writes to the archive bucket: gzipped JSON lines, one object for each operator and each minute in which rounds of the
 * batch began. The bucket's own rule says how long an object is locked. A repeated batch writes the same bytes under the
 * same name.
 */
export class S3Archive implements Archive {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async write(rounds: readonly Round[], batchId: string): Promise<void> {
    const minutes = Map.groupBy(rounds, ({ log, startedAtMs }) => minutePrefix(log.operatorId, startedAtMs));
    await Promise.all(
      [...minutes].map(([prefix, members]) => this.#put(`${prefix}${batchId}.jsonl.gz`, jsonLines(members))),
    );
  }

  async #put(key: string, lines: string): Promise<void> {
    const body = gzipSync(lines);
    await awsCall('S3', () =>
      this.#s3.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: body,
          ContentType: 'application/gzip',
          // Object Lock takes no object without a checksum.
          ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
        }),
      ),
    );
  }
}

function jsonLines(rounds: readonly Round[]): string {
  return rounds.map((round) => `${JSON.stringify(archiveRecord(round))}\n`).join('');
}
