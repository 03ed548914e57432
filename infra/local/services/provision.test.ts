import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Resources, TableResource } from '../template/resources.ts';
import { provision } from './provision.ts';
import { startServices } from './start-services.ts';
import { clientOptions, started, temporaryFolder } from '../../../test/kit/services.ts';

const texts = (...names: string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const keys = (...names: string[]) =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: (['HASH', 'RANGE'] as const)[index] }));

const LEDGER: TableResource['definition'] = {
  TableName: 'ledger',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keys('pk', 'sk'),
  AttributeDefinitions: texts('roundId', 'sk', 'pk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'roundId', KeySchema: keys('roundId'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

const RESOURCES: Resources = {
  tables: [{ definition: LEDGER, ttlAttribute: 'expiresAt' }],
  queues: [
    {
      name: 'recovery',
      attributes: {
        VisibilityTimeout: '360',
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":5}',
      },
    },
    { name: 'dead', attributes: { MessageRetentionPeriod: '1209600' } },
  ],
  buckets: [{ name: 'archive', objectLock: true }],
  keys: [{ keyId: '277ef228-415a-910f-f943-2ab769ca55f2' }],
  buses: [{ name: 'bus' }],
};

async function open(dataDirectory = temporaryFolder()) {
  const services = await started(startServices(dataDirectory));
  const dynamodb = new DynamoDBClient(clientOptions(services.endpoints.dynamodb));
  const sqs = new SQSClient(clientOptions(services.endpoints.sqs));
  const attributesOf = async (queue: string) => {
    const QueueUrl = `${services.endpoints.sqs}/000000000000/${queue}`;
    return (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes;
  };
  return { services, dataDirectory, dynamodb, attributesOf };
}

describe('provisioning', () => {
  it('makes everything that the template declares', async () => {
    const { services, dynamodb, attributesOf } = await open();
    await provision(RESOURCES, services);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'ledger' }));
    expect(Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({
      IndexName: 'roundId',
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(Table?.StreamSpecification).toMatchObject({
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    const { TimeToLiveDescription } = await dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: 'ledger' }),
    );
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    expect(await attributesOf('recovery')).toMatchObject(RESOURCES.queues[0]?.attributes ?? {});
    const s3 = new S3Client(clientOptions(services.endpoints.s3));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'archive' }))).resolves.toBeDefined();
  });

  it('leaves data alone when it is repeated, also after a restart', async () => {
    const first = await open();
    await provision(RESOURCES, first.services);
    await first.dynamodb.send(
      new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' }, sk: { S: 'b' } } }),
    );
    await provision(RESOURCES, first.services);
    await first.services.stop();
    const second = await open(first.dataDirectory);
    await provision(RESOURCES, second.services);
    expect((await second.dynamodb.send(new ScanCommand({ TableName: 'ledger' }))).Count).toBe(1);
  });

  it('gives an existing queue the attributes that the template has now', async () => {
    const { services, attributesOf } = await open();
    await provision(RESOURCES, services);
    const changed = { name: 'recovery', attributes: { VisibilityTimeout: '90' } };
    await provision({ ...RESOURCES, queues: [changed] }, services);
    expect(await attributesOf('recovery')).toMatchObject({ VisibilityTimeout: '90' });
  });

  it.each<[string, Partial<TableResource['definition']>]>([
    ['sort key', { KeySchema: keys('pk', 'other'), AttributeDefinitions: texts('pk', 'other', 'roundId') }],
    [
      'key type',
      { AttributeDefinitions: [...texts('pk', 'roundId'), { AttributeName: 'sk', AttributeType: 'N' }] },
    ],
    ['indexes', { GlobalSecondaryIndexes: undefined, AttributeDefinitions: texts('pk', 'sk') }],
    ['stream', { StreamSpecification: undefined }],
  ])('refuses a table that exists with another %s', async (_, difference) => {
    const { services } = await open();
    await provision(RESOURCES, services);
    const definition = { ...LEDGER, ...difference };
    const changed = { ...RESOURCES, tables: [{ definition, ttlAttribute: 'expiresAt' }] };
    await expect(provision(changed, services)).rejects.toMatchObject({
      code: 'TABLE_CHANGED',
      message: expect.stringMatching(/ledger.*data folder/),
    });
  });
});
