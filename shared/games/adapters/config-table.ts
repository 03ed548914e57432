import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import type { Macs } from '../../encryption/macs.ts';
import { authentic } from '../../encryption/signed-item.ts';
import type { Clock } from '../../foundation/clock.ts';

/** The table of operators, games and engine versions. All of its items but the data keys are signed. */
export interface ConfigTable {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly macs: Macs;
  readonly clock: Clock;
}

export type ConfigKey = Readonly<Record<'pk' | 'sk', string>>;

/** @throws FaultError CORRUPT_RECORD where the item is not the one that was signed */
export async function readItem(
  table: ConfigTable,
  Key: ConfigKey,
  options: { readonly ConsistentRead?: true } = {},
): Promise<NativeItem | undefined> {
  const { client, tableName: TableName, macs } = table;
  const { Item } = await awsCall('DynamoDB', () =>
    client.send(new GetCommand({ TableName, Key, ...options })),
  );
  return Item && authentic(macs, Item, 'signedAtMs');
}

/** Reads all items of a partition. @throws FaultError CORRUPT_RECORD where one of them is not as it was signed */
export async function listItems(
  { client, tableName: TableName, macs }: ConfigTable,
  partition: string,
  options: { readonly ConsistentRead?: true; readonly ScanIndexForward?: false } = {},
): Promise<NativeItem[]> {
  const items: NativeItem[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await awsCall('DynamoDB', () =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': partition },
          ...options,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      ),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return Promise.all(items.map((item) => authentic(macs, item, 'signedAtMs')));
}
