import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { nativeItem, type WireItem } from '../../shared/aws/attribute-values.ts';
import { itemSize, WRITE_UNIT_BYTES } from '../../shared/aws/item-size.ts';
import type { SeenCall } from './counting-proxy.ts';

const READ_UNIT_BYTES = 4_096;

export interface Capacity {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Of the largest item that was written. */
  readonly itemBytes: number;
}

/**
 * Computes what DynamoDB would charge for calls, from the sizes of the items (developer guide, "Read and write operations").
 * A consistent read of up to 4 KB is one unit, and an inconsistent one is half a unit. A write of up to 1 KB is one unit.
 * The larger of the item before and after counts.
 */
export async function capacityOf(calls: readonly SeenCall[], client: DynamoDBClient): Promise<Capacity> {
  let [readUnits, writeUnits, itemBytes] = [0, 0, 0];
  for (const call of calls) {
    const request = JSON.parse(call.request) as Request;
    if (call.operation === 'GetItem' || call.operation === 'Query') {
      readUnits += readUnitsOf(request, JSON.parse(call.response) as Response);
    } else {
      const item = request.Item ?? (await current(client, request));
      itemBytes = Math.max(itemBytes, itemSize(nativeItem(item)));
      writeUnits += Math.ceil(itemSize(nativeItem(item)) / WRITE_UNIT_BYTES);
    }
  }
  return { readUnits, writeUnits, itemBytes };
}

interface Request {
  readonly TableName: string;
  readonly ConsistentRead?: boolean;
  readonly Item?: WireItem;
  readonly Key?: Record<string, { readonly S: string }>;
}

interface Response {
  readonly Item?: WireItem;
  readonly Items?: readonly WireItem[];
}

function readUnitsOf({ ConsistentRead }: Request, { Item, Items }: Response): number {
  const items = Items ?? (Item ? [Item] : []);
  const bytes = items.reduce((sum, item) => sum + itemSize(nativeItem(item)), 0);
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return ConsistentRead ? units : units / 2;
}

/** An update never shrinks a round, so the item after it is the larger one. */
async function current(client: DynamoDBClient, { TableName, Key }: Request): Promise<WireItem> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (!Item) throw new Error('an update left no item');
  return Item;
}
