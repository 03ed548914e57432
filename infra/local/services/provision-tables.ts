import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableResource } from '../template/resources.ts';
import { ServiceError } from './error.ts';

const ACTIVE_TIMEOUT_SECONDS = 30;

/** @throws ServiceError TABLE_CHANGED where a table exists with other keys, indexes or stream */
export async function ensureTables(client: DynamoDBClient, tables: readonly TableResource[]): Promise<void> {
  // One after the other: DynamoDB Local refuses tables with indexes that are created at once.
  for (const table of tables) await ensureTable(client, table);
}

async function ensureTable(
  client: DynamoDBClient,
  { definition, ttlAttribute }: TableResource,
): Promise<void> {
  const { TableName } = definition;
  const existing = await describe(client, TableName);
  if (!existing) {
    await client.send(new CreateTableCommand(definition));
    await waitUntilTableExists(
      { client, maxWaitTime: ACTIVE_TIMEOUT_SECONDS, minDelay: 1, maxDelay: 1 },
      { TableName },
    );
  } else if (shapeOf(existing) !== shapeOf(definition)) {
    throw new ServiceError(
      'TABLE_CHANGED',
      `Table ${TableName} exists with other keys, indexes or stream than the template's. Remove the data folder to start empty.`,
    );
  }
  if (ttlAttribute) await ensureExpiry(client, TableName, ttlAttribute);
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function ensureExpiry(client: DynamoDBClient, name: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  if (TimeToLiveDescription?.AttributeName === attribute) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}

/** What cannot be changed without losing data, in one comparable text, whatever the order it came in. */
function shapeOf(table: CreateTableCommandInput | TableDescription): string {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) =>
    JSON.stringify([IndexName, keysOf(KeySchema), Projection?.ProjectionType]),
  );
  const types = (table.AttributeDefinitions ?? []).map(
    ({ AttributeName, AttributeType }) => `${AttributeName}:${AttributeType}`,
  );
  return JSON.stringify([
    keysOf(table.KeySchema),
    types.sort(),
    indexes.sort(),
    table.StreamSpecification?.StreamViewType ?? null,
  ]);
}

function keysOf(schema: CreateTableCommandInput['KeySchema']): readonly string[] {
  return (schema ?? []).map(({ AttributeName, KeyType }) => `${KeyType}:${AttributeName}`).sort();
}
