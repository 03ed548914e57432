import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ShardResult } from '../simulation.ts';
import type { Simulations } from '../simulations.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { decodeShard, encodeShard } from './shard-record.ts';
import { reportKey, shardKey } from './simulation-keys.ts';

/** Keeps one object for each shard, and the report beside them. The bucket's own rule says how long they are kept. */
export class S3Simulations implements Simulations {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  putShard(simulationId: string, shard: ShardResult): Promise<void> {
    return this.#put(shardKey(simulationId, shard.first), encodeShard(shard), 'application/json');
  }

  async shard(simulationId: string, first: number): Promise<ShardResult | undefined> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: shardKey(simulationId, first) });
    const text = await awsCall('S3', async () => {
      try {
        const { Body } = await this.#s3.send(command);
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    });
    return text === undefined ? undefined : decodeShard(text);
  }

  async putReport(simulationId: string, { json, html }: { json: string; html: string }): Promise<void> {
    await this.#put(reportKey(simulationId, 'html'), html, 'text/html; charset=utf-8');
    // This object comes last. Where it is present, the run is done.
    await this.#put(reportKey(simulationId, 'json'), json, 'application/json');
  }

  async #put(Key: string, Body: string, ContentType: string): Promise<void> {
    await awsCall('S3', () =>
      this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentType })),
    );
  }
}
