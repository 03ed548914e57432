import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import { type LambdaStreamRecord, toLambdaRecord } from './stream-record.ts';

export interface ShardReader {
  /** The next records, none where there are none yet; undefined when the shard is closed and read to its end. */
  read(limit: number): Promise<LambdaStreamRecord[] | undefined>;
}

/**
 * Reads one shard from behind a sequence number, or from its oldest record. Iterators expire (in 15 minutes on
 * AWS), and records are trimmed; both only mean that a new iterator is needed.
 */
export function createShardReader(
  streams: DynamoDBStreamsClient,
  streamArn: string,
  shardId: string,
  after: string | null,
  signal: AbortSignal,
): ShardReader {
  let position = after;
  /** Undefined: to be fetched. Null: the shard has ended. */
  let iterator: string | null | undefined;

  async function fetchIterator(): Promise<string | null> {
    const start: { ShardIteratorType: ShardIteratorType; SequenceNumber?: string } =
      position === null
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position };
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start });
    return (await streams.send(command, { abortSignal: signal })).ShardIterator ?? null;
  }

  async function read(limit: number): Promise<LambdaStreamRecord[] | undefined> {
    iterator ??= await fetchIterator();
    if (iterator === null) return undefined;
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: limit });
    const { Records = [], NextShardIterator } = await streams.send(command, { abortSignal: signal });
    iterator = NextShardIterator ?? null;
    const records = Records.map((record) => toLambdaRecord(record, streamArn));
    position = records.at(-1)?.dynamodb.SequenceNumber ?? position;
    return records.length === 0 && iterator === null ? undefined : records;
  }

  return {
    async read(limit) {
      try {
        return await read(limit);
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name !== 'ExpiredIteratorException' && name !== 'TrimmedDataAccessException') throw error;
        if (name === 'TrimmedDataAccessException') position = null;
        iterator = undefined;
        return [];
      }
    },
  };
}
