import { openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { startDynamoDb } from './dynamodb.ts';
import { findDynoxide } from './dynoxide-binary.ts';
import { trimStreamRecords } from './stream-records.ts';
import { clientOptions, programsRunningOn, started, temporaryFolder } from '../../../test/kit/services.ts';

const TABLE = 'ledger';

async function open(dataDirectory = temporaryFolder()) {
  const service = await started(startDynamoDb({ dataDirectory }));
  const client = new DynamoDBClient(clientOptions(service.endpoint));
  return { service, client, dataDirectory, file: join(dataDirectory, 'dynamodb.db') };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function createTable({ client }: Opened): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
}

async function put({ client }: Opened, pk: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk } } }));
}

/** The keys of a table's stream records after this sequence number; from the first without one. */
async function streamed({ service }: Opened, after?: string) {
  const streams = new DynamoDBStreamsClient(clientOptions(service.endpoint));
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: TABLE }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const position =
    after === undefined
      ? { ShardIteratorType: 'TRIM_HORIZON' as const }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after };
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ...position }),
  );
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return (Records ?? []).map(({ dynamodb }) => ({
    pk: dynamodb?.Keys?.pk?.S,
    sequence: dynamodb?.SequenceNumber,
  }));
}

describe('the local DynamoDB', () => {
  it('keeps items and stream records over a restart', async () => {
    const first = await open();
    await createTable(first);
    await put(first, 'a');
    await first.service.stop();
    const second = await open(first.dataDirectory);
    const { Item } = await second.client.send(
      new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' } } }),
    );
    expect(Item).toEqual({ pk: { S: 'a' } });
    expect((await streamed(second)).map(({ pk }) => pk)).toEqual(['a']);
  });

  it('finds the highest sequence number by an index', async () => {
    const { file } = await open();
    const database = new DatabaseSync(file);
    const query = 'SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?';
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all('ledger');
    database.close();
    expect(String(plan[0]?.detail)).toContain('INDEX _sr_seq');
  });

  it('drops old stream records, and goes on counting from the newest', async () => {
    const opened = await open();
    await createTable(opened);
    for (const pk of ['a', 'b', 'c']) await put(opened, pk);
    const [, , last] = await streamed(opened);
    const database = new DatabaseSync(opened.file, { timeout: 5_000 });
    trimStreamRecords(database, Math.floor(Date.now() / 1000) - 3_600);
    expect(await streamed(opened)).toHaveLength(3);
    trimStreamRecords(database, Math.floor(Date.now() / 1000) + 3_600);
    database.close();
    expect((await streamed(opened)).map(({ pk }) => pk)).toEqual(['c']);
    await put(opened, 'd');
    expect((await streamed(opened, last?.sequence)).map(({ pk }) => pk)).toEqual(['d']);
  });

  it('says in one line that its file is damaged', async () => {
    const dataDirectory = temporaryFolder();
    writeFileSync(join(dataDirectory, 'dynamodb.db'), 'this is no database, however long one looks at it');
    const failure: unknown = await startDynamoDb({ dataDirectory }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DATA_CORRUPT', message: expect.stringContaining('dynamodb.db') });
    expect(String(failure)).not.toContain('\n');
  });

  it('says so when a page in the middle of its file is damaged', async () => {
    const first = await open();
    await createTable(first);
    for (let at = 0; at < 50; at += 1) await put(first, `${at}`.padStart(500, 'x'));
    await first.service.stop();
    const descriptor = openSync(first.file, 'r+');
    writeSync(descriptor, Buffer.alloc(8192, 7), 0, 8192, 4096);
    const failure: unknown = await startDynamoDb({ dataDirectory: first.dataDirectory }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'DATA_CORRUPT' });
  });

  it('says what to install where its binary is missing', () => {
    expect(() => findDynoxide('darwin', 'riscv64')).toThrow(
      expect.objectContaining({
        code: 'DYNAMODB_MISSING',
        message: expect.stringContaining('@dynoxide/darwin-riscv64'),
      }),
    );
  });

  it('says that a port is taken', async () => {
    const { service } = await open();
    const port = Number(new URL(service.endpoint).port);
    const second = startDynamoDb({ dataDirectory: temporaryFolder(), port });
    await expect(second).rejects.toMatchObject({
      code: 'DYNAMODB_FAILED',
      message: expect.stringContaining(String(port)),
    });
  });

  it('tells its owner when it dies, and leaves nothing running when it is stopped', async () => {
    const dataDirectory = temporaryFolder();
    const failure = Promise.withResolvers<string>();
    const service = await started(startDynamoDb({ dataDirectory, onFailure: failure.resolve }));
    for (const pid of programsRunningOn(dataDirectory)) process.kill(pid, 'SIGKILL');
    expect(await failure.promise).toContain('DynamoDB stopped on its own');
    await service.stop();
    expect(programsRunningOn(dataDirectory)).toEqual([]);
  });
});
