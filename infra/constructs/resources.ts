import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Permissions, Resource } from '../functions.ts';
import type { Buckets } from './buckets.ts';
import type { Queues } from './queues.ts';
import { ROUND_ID_INDEX, type Tables } from './tables.ts';

/** Everything of the stack that functions work on. */
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
  readonly environment: Readonly<Record<string, string>>;
}

/** How each resource is named in a policy, and how a function that may use it finds it. */
export function referencesTo(resources: Resources): Readonly<Record<Resource, ResourceReference>> {
  const { tables, buckets, queues, bus, dataKey, stage } = resources;
  const ledger = { LEDGER_TABLE: tables.ledger.tableName };
  const engines = { ENGINES_BUCKET: buckets.engines.bucketName };
  // Secrets are made when an operator is registered, so that no template ever holds one.
  const secretName = `rgs/${stage}/operator/*`;
  return {
    ledger: { arn: tables.ledger.tableArn, environment: ledger },
    ledgerByRoundId: { arn: `${tables.ledger.tableArn}/index/${ROUND_ID_INDEX}`, environment: ledger },
    sessions: { arn: tables.sessions.tableArn, environment: { SESSIONS_TABLE: tables.sessions.tableName } },
    config: { arn: tables.config.tableArn, environment: { CONFIG_TABLE: tables.config.tableName } },
    events: { arn: tables.events.tableArn, environment: { EVENTS_TABLE: tables.events.tableName } },
    engines: { arn: buckets.engines.bucketArn, environment: engines },
    engineObjects: { arn: buckets.engines.arnForObjects('*'), environment: engines },
    archiveObjects: {
      arn: buckets.archive.arnForObjects('*'),
      environment: { ARCHIVE_BUCKET: buckets.archive.bucketName },
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
    dataKey: { arn: dataKey.keyArn, environment: { DATA_KEY_ARN: dataKey.keyArn } },
    operatorSecrets: {
      arn: Stack.of(bus).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: secretName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      environment: {},
    },
  };
}

/** One statement a resource. */
export function statementsFor(permissions: Permissions, resources: Resources): PolicyStatement[] {
  const references = referencesTo(resources);
  return entries(permissions).map(
    ([resource, actions]) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [references[resource].arn],
      }),
  );
}

/** The names and addresses of exactly the resources that the permissions mention. */
export function environmentFor(permissions: Permissions, resources: Resources): Record<string, string> {
  const references = referencesTo(resources);
  return Object.assign({}, ...entries(permissions).map(([resource]) => references[resource].environment));
}

function entries(permissions: Permissions): [Resource, readonly string[]][] {
  return Object.entries(permissions) as [Resource, readonly string[]][];
}
