import { beforeAll, describe, expect, test } from 'vitest';
import { type Json, resource, resourcesOf, type Template, templateOf } from '../template.fixture.ts';

let prod: Template;
let dev: Template;
beforeAll(() => {
  prod = templateOf('prod', 'http');
  dev = templateOf('dev', 'rest');
}, 60_000);

const table = (name: string, template = prod) => resource(template, 'AWS::DynamoDB::Table', `Tables${name}`);
const bucket = (name: string, template = prod) => resource(template, 'AWS::S3::Bucket', `Buckets${name}`);

/** Types whose instances hold data that nobody can make again. */
const STATEFUL = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::KMS::Key'];

describe('every table', () => {
  const TABLES = ['Ledger', 'Sessions', 'Config', 'Events'];

  test.each(TABLES)('%s is encrypted, paid by request and keyed by pk and sk', (name) => {
    expect(table(name).Properties).toMatchObject({
      SSESpecification: { SSEEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  test('is protected from deletion in production, and not in a stage that may be destroyed', () => {
    for (const name of TABLES) {
      expect(table(name).Properties.DeletionProtectionEnabled).toBe(true);
      expect(table(name, dev).Properties.DeletionProtectionEnabled).toBe(false);
    }
  });

  test('is one of the four that these tests check', () => {
    expect(resourcesOf(prod, 'AWS::DynamoDB::Table')).toHaveLength(TABLES.length);
  });
});

test.each(['Ledger', 'Config'])('%s can be restored to any point in time', (name) => {
  expect(table(name).Properties.PointInTimeRecoverySpecification).toEqual({
    PointInTimeRecoveryEnabled: true,
  });
});

test.each(['Ledger', 'Sessions', 'Events'])('%s lets items expire by expiresAt', (name) => {
  expect(table(name).Properties.TimeToLiveSpecification).toEqual({
    AttributeName: 'expiresAt',
    Enabled: true,
  });
});

test('configuration never expires', () => {
  expect(table('Config').Properties.TimeToLiveSpecification).toBeUndefined();
});

test.each(['Ledger', 'Sessions', 'Config'])(
  '%s streams old and new images, so that changes are judged',
  (name) => {
    expect(table(name).Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
  },
);

test('the ledger has no index, because a round id is an address', () => {
  expect(table('Ledger').Properties).not.toHaveProperty('GlobalSecondaryIndexes');
});

describe('every bucket', () => {
  test('blocks the public, ignores access lists and is encrypted', () => {
    for (const [, { Properties }] of resourcesOf(prod, 'AWS::S3::Bucket')) {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      });
    }
    expect(resourcesOf(prod, 'AWS::S3::Bucket')).toHaveLength(4);
  });

  test('refuses requests that do not come over TLS', () => {
    const denials = refusedWithoutTls('AWS::S3::BucketPolicy', 's3:*', ({ Bucket }) => Bucket.Ref);
    expect(denials).toEqual(
      resourcesOf(prod, 'AWS::S3::Bucket')
        .map(([id]) => id)
        .sort(),
    );
  });
});

describe('the archive', () => {
  test('cannot be changed by anybody for five years in production', () => {
    expect(bucket('Archive').Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 5 * 366 } },
      },
    });
  });

  test('can be cleared in development by a principal who is allowed to', () => {
    const { Rule } = bucket('Archive', dev).Properties.ObjectLockConfiguration;
    expect(Rule.DefaultRetention.Mode).toBe('GOVERNANCE');
  });

  test('records who read it, as the bucket of engines does', () => {
    const { DestinationBucketName } = bucket('Archive').Properties.LoggingConfiguration;
    expect(DestinationBucketName.Ref).toMatch(/^BucketsAccessLogs/);
    expect(bucket('Engines').Properties.LoggingConfiguration.DestinationBucketName).toEqual(
      DestinationBucketName,
    );
  });
});

test('an engine that is overwritten keeps its earlier version', () => {
  expect(bucket('Engines').Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
});

describe('every queue', () => {
  test('is encrypted and keeps messages for as long as SQS can', () => {
    for (const [, { Properties }] of resourcesOf(prod, 'AWS::SQS::Queue'))
      expect(Properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 24 * 3600,
      });
  });

  test('takes the largest message that there is where it holds parked records', () => {
    const { MaximumMessageSize } = resource(prod, 'AWS::SQS::Queue', 'QueuesParking').Properties;
    expect(MaximumMessageSize).toBe(1_048_576);
  });

  test('refuses requests that do not come over TLS', () => {
    const denials = refusedWithoutTls('AWS::SQS::QueuePolicy', 'sqs:*', ({ Queues }) => Queues[0].Ref);
    expect(denials).toEqual(
      resourcesOf(prod, 'AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    );
  });
});

test('the data key is replaced every year', () => {
  expect(resource(prod, 'AWS::KMS::Key', 'DataKey').Properties.EnableKeyRotation).toBe(true);
});

test('deleting the stack keeps all data in production, and removes it in development', () => {
  for (const type of STATEFUL) {
    expect(new Set(resourcesOf(prod, type).map(([, { DeletionPolicy }]) => DeletionPolicy))).toEqual(
      new Set(['Retain']),
    );
    expect(new Set(resourcesOf(dev, type).map(([, { DeletionPolicy }]) => DeletionPolicy))).toEqual(
      new Set(['Delete']),
    );
  }
});

test('tables, buckets and queues have no names of their own, so that they can be replaced and deployed twice', () => {
  for (const template of [prod, dev])
    for (const [, { Properties }] of STATEFUL.flatMap((type) => resourcesOf(template, type)))
      expect(Object.keys(Properties)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(TableName|BucketName|QueueName)$/)]),
      );
});

/** The logical ids of the resources whose policies refuse plain HTTP, in order. */
function refusedWithoutTls(type: string, action: string, target: (properties: Json) => string): string[] {
  return resourcesOf(prod, type)
    .filter(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.some(
        (statement: Json) =>
          statement.Effect === 'Deny' &&
          statement.Action === action &&
          statement.Principal.AWS === '*' &&
          statement.Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
    )
    .map(([, { Properties }]) => target(Properties))
    .sort();
}
