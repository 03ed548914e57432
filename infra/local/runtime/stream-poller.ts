import { randomUUID } from 'node:crypto';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { StreamMappingModel } from '../model.ts';
import type { Invoke } from './invocation.ts';
import { pause, type Poller, repeat } from './poller.ts';
import type { RuntimeLog } from './runtime-log.ts';
import { handleStreamBatch, type StreamBatchOptions } from './stream-batch.ts';
import { type Checkpoints, openCheckpoints } from './stream-checkpoint.ts';
import { failureMessage, sendFailure } from './stream-failure.ts';
import type { LambdaStreamRecord } from './stream-record.ts';
import { createShardReader, type ShardReader } from './stream-shard.ts';

/** Lambda polls a shard four times a second; a request to this machine's own database costs next to nothing. */
const POLL_INTERVAL_MS = 150;
/** The most that one request for records may ask for. */
const MAX_RECORDS = 1_000;
/** How often new shards are looked for. */
const DISCOVERY_INTERVAL_MS = 10_000;

export interface StreamPollerOptions {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly invoke: Invoke;
  readonly log: RuntimeLog;
  /** Where the position in the stream is kept. */
  readonly checkpointFile: string;
}

/** Reads a table's stream as Lambda's mapping does: each shard in order, and a child after its parent. */
export function startStreamPoller(mapping: StreamMappingModel, options: StreamPollerOptions): Poller {
  const stopping = new AbortController();
  const done = run(mapping, options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** What polling one stream needs at every step. */
interface StreamWork extends StreamPollerOptions {
  readonly mapping: StreamMappingModel;
  readonly streamArn: string;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
}

async function run(
  mapping: StreamMappingModel,
  options: StreamPollerOptions,
  signal: AbortSignal,
): Promise<void> {
  const shards = new Map<string, Promise<void>>();
  let work: StreamWork | undefined;
  await repeat(`Reading the stream of ${mapping.tableName}`, signal, options.log, async () => {
    work ??= await openStream(mapping, options, signal);
    for (const shardId of await readableShards(work)) {
      if (shards.has(shardId)) continue;
      const finished = pollShard(shardId, work).finally(() => shards.delete(shardId));
      shards.set(shardId, finished);
    }
    // A shard that ends may have children that can be read now.
    await Promise.race([...shards.values(), pause(DISCOVERY_INTERVAL_MS, signal)]);
    return 'again';
  });
  await Promise.all(shards.values());
}

async function openStream(
  mapping: StreamMappingModel,
  options: StreamPollerOptions,
  signal: AbortSignal,
): Promise<StreamWork> {
  const command = new DescribeTableCommand({ TableName: mapping.tableName });
  const { Table } = await options.dynamodb.send(command, { abortSignal: signal });
  const streamArn = Table?.LatestStreamArn;
  if (streamArn === undefined) throw new Error(`Table ${mapping.tableName} has no stream`);
  const checkpoints = await openCheckpoints(options.checkpointFile, streamArn);
  return { ...options, mapping, signal, streamArn, checkpoints };
}

/** Shards with work left, whose parent is gone or read to its end. */
async function readableShards({ streams, streamArn, checkpoints, signal }: StreamWork): Promise<string[]> {
  const shards: Shard[] = [];
  let after: string | undefined;
  do {
    const command = new DescribeStreamCommand({
      StreamArn: streamArn,
      ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
    });
    const { StreamDescription } = await streams.send(command, { abortSignal: signal });
    shards.push(...(StreamDescription?.Shards ?? []));
    after = StreamDescription?.LastEvaluatedShardId;
  } while (after !== undefined);
  const unfinished = new Set(
    shards.map(({ ShardId = '' }) => ShardId).filter((id) => !checkpoints.positionOf(id).finished),
  );
  return shards
    .filter(({ ParentShardId }) => ParentShardId === undefined || !unfinished.has(ParentShardId))
    .map(({ ShardId = '' }) => ShardId)
    .filter((shardId) => unfinished.has(shardId));
}

async function pollShard(shardId: string, work: StreamWork): Promise<void> {
  let reader: ShardReader | undefined;
  await repeat(`Reading shard ${shardId}`, work.signal, work.log, async () => {
    const { sequenceNumber } = work.checkpoints.positionOf(shardId);
    reader ??= createShardReader(work.streams, work.streamArn, shardId, sequenceNumber, work.signal);
    try {
      const { batch, ended } = await readBatch(reader, work);
      if (batch.length > 0) await handleStreamBatch(batch, work.mapping, batchOptions(shardId, work));
      if (!ended || work.signal.aborted) return 'again';
      await work.checkpoints.save(shardId, { ...work.checkpoints.positionOf(shardId), finished: true });
      return 'done';
    } catch (error) {
      // What was read but not handled has to be read again.
      reader = undefined;
      throw error;
    }
  });
}

/** Waits for the first record, then as long as the batch window says, or until the batch is full. */
async function readBatch(reader: ShardReader, { mapping, signal }: StreamWork) {
  const batch: LambdaStreamRecord[] = [];
  let windowEndsMs = Infinity;
  while (!signal.aborted) {
    const records = await reader.read(Math.min(MAX_RECORDS, mapping.batchSize - batch.length));
    if (records === undefined) return { batch, ended: true };
    batch.push(...records);
    if (batch.length > 0) windowEndsMs = Math.min(windowEndsMs, Date.now() + mapping.batchWindowMs);
    const remainingMs = windowEndsMs - Date.now();
    if (batch.length >= mapping.batchSize || remainingMs <= 0) return { batch, ended: false };
    if (records.length === 0) await pause(Math.min(POLL_INTERVAL_MS, remainingMs), signal);
  }
  return { batch: [], ended: false };
}

function batchOptions(shardId: string, work: StreamWork): StreamBatchOptions {
  const { functionName, failureQueueUrl } = work.mapping;
  return {
    invoke: work.invoke,
    signal: work.signal,
    nowMs: Date.now,
    onDone: (sequenceNumber) => work.checkpoints.save(shardId, { sequenceNumber, finished: false }),
    onFailure: (error, batchSize) =>
      work.log.warn(`${functionName} failed a batch of ${batchSize} records`, { ...error }),
    async onGivenUp(batch, why) {
      const failed = { functionName, shardId, batch, why, requestId: randomUUID(), nowMs: Date.now() };
      work.log.warn(`${functionName} lost ${batch.length} records`, failureMessage(failed));
      if (failureQueueUrl !== undefined) await sendFailure(work.sqs, failureQueueUrl, failed);
    },
  };
}
