import * as z from 'zod';
import type { BucketResource, QueueResource, Resources, TableResource } from './resources.ts';
import type { Resource, Template } from './template.ts';

const keySchema = z
  .array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);

const tableSchema = z.object({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.strictObject({ ProjectionType: z.literal('KEYS_ONLY') }),
      }),
    )
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.literal('NEW_AND_OLD_IMAGES') }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

const TABLE_WITHOUT_MEANING = [
  'BillingMode',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'Tags',
];

const seconds = z.int().min(0);
const queueSchema = z.object({
  QueueName: z.string().optional(),
  MaximumMessageSize: z.int().optional(),
  MessageRetentionPeriod: seconds.optional(),
  VisibilityTimeout: seconds.optional(),
  RedrivePolicy: z
    .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.int().min(1) })
    .optional(),
});

const QUEUE_WITHOUT_MEANING = ['SqsManagedSseEnabled', 'Tags'];

const bucketSchema = z.object({
  BucketName: z.string().optional(),
  ObjectLockEnabled: z.boolean().default(false),
});

const BUCKET_WITHOUT_MEANING = [
  'BucketEncryption',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'ObjectLockConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Tags',
  'VersioningConfiguration',
];

const KEY_WITHOUT_MEANING = ['Description', 'EnableKeyRotation', 'KeyPolicy', 'PendingWindowInDays', 'Tags'];

/** Reads the resources that have to exist before the first request. @throws TemplateError */
export function readResources(template: Template): Resources {
  return {
    tables: template.ofType('AWS::DynamoDB::Table').map(readTable),
    queues: template.ofType('AWS::SQS::Queue').map(readQueue),
    buckets: template.ofType('AWS::S3::Bucket').map(readBucket),
    keys: template.ofType('AWS::KMS::Key').map((key) => {
      // Keys for anything but symmetric encryption would need another implementation.
      key.read(z.object({}), KEY_WITHOUT_MEANING);
      return { keyId: key.identity.ref };
    }),
    buses: template.ofType('AWS::Events::EventBus').map((bus) => {
      bus.read(z.object({ Name: z.string() }), ['Tags']);
      return { name: bus.identity.ref };
    }),
  };
}

function readTable(resource: Resource): TableResource {
  const {
    TimeToLiveSpecification: ttl,
    StreamSpecification: stream,
    ...shape
  } = resource.read(tableSchema, TABLE_WITHOUT_MEANING);
  return {
    definition: {
      ...shape,
      TableName: resource.identity.ref,
      BillingMode: 'PAY_PER_REQUEST',
      ...(stream && { StreamSpecification: { ...stream, StreamEnabled: true } }),
    },
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
  };
}

function readQueue(resource: Resource): QueueResource {
  const { QueueName: _, RedrivePolicy, ...attributes } = resource.read(queueSchema, QUEUE_WITHOUT_MEANING);
  const texts = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return {
    name: resource.identity.attributes.QueueName ?? resource.logicalId,
    attributes: {
      ...Object.fromEntries(texts),
      ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
    },
  };
}

function readBucket(resource: Resource): BucketResource {
  const { ObjectLockEnabled } = resource.read(bucketSchema, BUCKET_WITHOUT_MEANING);
  return { name: resource.identity.ref, objectLock: ObjectLockEnabled };
}
