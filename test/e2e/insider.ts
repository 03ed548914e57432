import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type NativeItem, nativeItem } from '../../shared/aws/attribute-values.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { assign } from '../../shared/aws/update-expression.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import type { RoundLog } from '../../shared/foundation/ids.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import type { Player } from './client.ts';
import type { Target } from './target.ts';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export type TableName = 'LedgerTable' | 'ConfigTable' | 'SessionsTable';

/** Whoever can write a table with the AWS SDK, the ledger's unless another is named, and cannot use the data keys. */
export class Insider {
  readonly #client;
  readonly #streams;
  readonly #table: string;

  constructor({ environment, outputs }: Target, table: TableName = 'LedgerTable') {
    const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const endpointOf = (service: string) => environment[`AWS_ENDPOINT_URL_${service}`] ?? '';
    this.#client = documentClient({ ...access, endpoint: endpointOf('DYNAMODB') });
    this.#streams = new DynamoDBStreamsClient({ ...access, endpoint: endpointOf('DYNAMODB_STREAMS') });
    this.#table = outputs[table] ?? '';
  }

  /** The items of the player's rounds, oldest first. */
  async rounds(player: Player): Promise<NativeItem[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk < :frozen',
        ExpressionAttributeValues: { ':pk': partitionOf(player), ':frozen': 'frozen' },
      }),
    );
    return Items as NativeItem[];
  }

  async item(Key: ItemKey): Promise<NativeItem> {
    const get = new GetCommand({ TableName: this.#table, Key, ConsistentRead: true });
    const { Item } = await this.#client.send(get);
    if (!Item) throw new Error(`there is no ${Key.pk}`);
    return Item as NativeItem;
  }

  put(item: NativeItem): Promise<unknown> {
    return this.#client.send(new PutCommand({ TableName: this.#table, Item: item }));
  }

  set(Key: ItemKey, attributes: NativeItem): Promise<unknown> {
    return this.#client.send(new UpdateCommand({ TableName: this.#table, Key, ...assign(attributes) }));
  }

  delete(Key: ItemKey): Promise<unknown> {
    return this.#client.send(new DeleteCommand({ TableName: this.#table, Key }));
  }

  /** An authentic older state of an item, from the table's own stream. */
  async formerImage(key: ItemKey, status: string): Promise<NativeItem> {
    for await (const { dynamodb } of this.#changes()) {
      const image = nativeItem(dynamodb?.NewImage ?? {});
      if (image['pk'] === key.pk && image['sk'] === key.sk && image['status'] === status) return image;
    }
    throw new Error(`the stream has no ${status} of round ${key.sk}`);
  }

  async *#changes(): AsyncIterable<_Record> {
    const { Streams = [] } = await this.#streams.send(new ListStreamsCommand({ TableName: this.#table }));
    const StreamArn = Streams[0]?.StreamArn;
    const { StreamDescription } = await this.#streams.send(new DescribeStreamCommand({ StreamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      let { ShardIterator } = await this.#streams.send(new GetShardIteratorCommand(start));
      for (let isEnd = false; ShardIterator && !isEnd; ) {
        const page = await this.#streams.send(new GetRecordsCommand({ ShardIterator }));
        yield* page.Records ?? [];
        isEnd = (page.Records ?? []).length === 0;
        ShardIterator = page.NextShardIterator;
      }
    }
  }

  close(): void {
    this.#client.destroy();
    this.#streams.destroy();
  }
}

export function logOf(playerId: string): RoundLog {
  return {
    operatorId: ids.operator('demo'),
    playerId: ids.player(playerId),
    gameCode: ids.game('happy-panda'),
  };
}

export function partitionOf({ playerId }: Player): string {
  return logHashOf(logOf(playerId));
}

export function keyOf(item: NativeItem): ItemKey {
  const { pk, sk } = item;
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('an item without its key');
  return { pk, sk };
}
