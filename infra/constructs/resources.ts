import { ArnFormat, type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type Conditions, Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Permissions, Resource } from '../../functions/function-entry.ts';
import type { Buckets } from './buckets.ts';
import type { Queues } from './queues.ts';
import type { Tables } from './tables.ts';

/** Functions work on these parts of the stack. */
export interface Resources {
  readonly tables: Tables;
  readonly buckets: Buckets;
  readonly queues: Queues;
  readonly bus: EventBus;
  readonly dataKey: Key;
  readonly stage: string;
}

interface ResourceReference {
  readonly arn: string;
  /** An ARN that ends in `*` needs this: the name that cdk-nag gives it, and why it cannot be narrower. */
  readonly wildcard?: { readonly finding: string; readonly reason: string };
  /** Narrows the resource further than its ARN does. */
  readonly conditions?: Conditions;
  readonly environment: Readonly<Record<string, string>>;
}

/** Tells how each resource is named in a policy, and how a function that may use it finds it. */
export function referencesTo(resources: Resources): Readonly<Record<Resource, ResourceReference>> {
  const { tables, buckets, queues, bus, dataKey, stage } = resources;
  const archive = { ARCHIVE_BUCKET: buckets.archive.bucketName };
  const simulations = { SIMULATIONS_BUCKET: buckets.simulations.bucketName };
  // A secret is made when an operator is registered, so that no template ever holds one.
  const secretName = `rgs/${stage}/operator/*`;
  return {
    ...tableReferences(tables),
    engineObjects: {
      arn: buckets.engines.arnForObjects('*'),
      wildcard: objects(
        buckets.engines,
        'Engines are named by their hash, which is not known before they are published.',
      ),
      environment: { ENGINES_BUCKET: buckets.engines.bucketName },
    },
    archiveBucket: { arn: buckets.archive.bucketArn, environment: archive },
    archiveObjects: {
      arn: buckets.archive.arnForObjects('*'),
      wildcard: objects(
        buckets.archive,
        'Archive files are named by operator, day and batch. Who may write them may not read them, nor the other way round.',
      ),
      environment: archive,
    },
    simulationsBucket: { arn: buckets.simulations.bucketArn, environment: simulations },
    simulationObjects: {
      arn: buckets.simulations.arnForObjects('*'),
      wildcard: objects(
        buckets.simulations,
        'Simulations are started while the product runs; their results are named by their ids.',
      ),
      environment: simulations,
    },
    recoveryQueue: {
      arn: queues.recovery.queueArn,
      environment: { RECOVERY_QUEUE_URL: queues.recovery.queueUrl },
    },
    parkingQueue: {
      arn: queues.parking.queueArn,
      environment: { PARKING_QUEUE_URL: queues.parking.queueUrl },
    },
    bus: { arn: bus.eventBusArn, environment: { EVENT_BUS_NAME: bus.eventBusName } },
    dataKey: {
      arn: dataKey.keyArn,
      conditions: FOR_DATA_KEYS,
      environment: { DATA_KEY_ARN: dataKey.keyArn },
    },
    dataKeyMetadata: { arn: dataKey.keyArn, environment: { DATA_KEY_ARN: dataKey.keyArn } },
    operatorSecrets: {
      arn: Stack.of(bus).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: secretName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      wildcard: {
        finding: `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${secretName}`,
        reason:
          'Operators are registered while the product runs; the stage in the name keeps other stages out.',
      },
      environment: {},
    },
  };
}

function tableReferences(tables: Tables) {
  const config = { CONFIG_TABLE: tables.config.tableName };
  return {
    ledger: { arn: tables.ledger.tableArn, environment: { LEDGER_TABLE: tables.ledger.tableName } },
    sessions: {
      arn: tables.sessions.tableArn,
      conditions: itemsOf('session#*'),
      environment: { SESSIONS_TABLE: tables.sessions.tableName },
    },
    config: { arn: tables.config.tableArn, environment: config },
    // The encrypted data keys lie beside the configuration, so that every process uses the same ones.
    dataKeyItems: {
      arn: tables.config.tableArn,
      conditions: itemsOf('data-key#*'),
      environment: config,
    },
    events: { arn: tables.events.tableArn, environment: { EVENTS_TABLE: tables.events.tableName } },
  };
}

/**
 * The items with such a partition key. `ForAllValues` holds for a request without any key, such as a scan, so the key must
 * also be there (DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control").
 */
function itemsOf(partitionKeys: string): Conditions {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitionKeys] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}

/** KMS is asked for data keys of a month and for nothing else. `shared/encryption/adapters/data-keys.ts` has the words. */
const FOR_DATA_KEYS: Conditions = {
  StringEquals: { 'kms:EncryptionContext:purpose': 'rgs-data-key' },
  'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['purpose', 'keyId'] },
  Null: { 'kms:EncryptionContext:keyId': 'false' },
};

function objects(bucket: Bucket, reason: string): { finding: string; reason: string } {
  const logicalId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  return { finding: `<${logicalId}.Arn>/*`, reason };
}

/** Each resource gets one statement. */
export function statementsFor(permissions: Permissions, resources: Resources): PolicyStatement[] {
  const references = referencesTo(resources);
  return entries(permissions).map(
    ([resource, actions]) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [references[resource].arn],
        ...(references[resource].conditions && { conditions: references[resource].conditions }),
      }),
  );
}

/** Acknowledges to cdk-nag the wildcards that the permissions bring, and no others. */
export function acknowledgeWildcards(role: Role, permissions: Permissions, resources: Resources): void {
  const references = referencesTo(resources);
  for (const [resource] of entries(permissions)) {
    const { wildcard } = references[resource];
    if (!wildcard) continue;
    const id = `AwsSolutions-IAM5[Resource::${wildcard.finding}]`;
    Validations.of(role).acknowledge({ id, reason: wildcard.reason });
  }
}

/** Gives the names and addresses of the resources that the permissions mention, and of no others. */
export function environmentFor(permissions: Permissions, resources: Resources): Record<string, string> {
  const references = referencesTo(resources);
  return Object.assign({}, ...entries(permissions).map(([resource]) => references[resource].environment));
}

function entries(permissions: Permissions): [Resource, readonly string[]][] {
  return Object.entries(permissions) as [Resource, readonly string[]][];
}
