import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { isCorrupt } from '../../foundation/errors.ts';
import { MAX_ROUND_NUMBER, type RoundLog } from '../../foundation/ids.ts';
import type { ListedRound, RoundPages } from '../ledger.ts';
import { logHashOf } from '../round-address.ts';
import type { RoundMacs } from '../round-macs.ts';
import { checkedRound } from './checked-round.ts';
import { numberIn, sortKeyOf } from './round-keys.ts';

/** Reads the pages of a log from the ledger's table. It is a class of its own, because no function that plays needs it. */
export class DynamoRoundPages implements RoundPages {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #macs: RoundMacs;

  constructor(client: DynamoDBDocumentClient, tableName: string, macs: RoundMacs) {
    this.#client = client;
    this.#table = tableName;
    this.#macs = macs;
  }

  async list(
    log: RoundLog,
    page: { readonly beforeNumber?: number; readonly limit: number },
  ): Promise<ListedRound[]> {
    const newest = (page.beforeNumber ?? MAX_ROUND_NUMBER + 1) - 1;
    const rounds: ListedRound[] = [];
    if (newest < 1 || page.limit < 1) return rounds;
    let startKey: Record<string, unknown> | undefined;
    // An answer ends at 1 MB, which may be before the page is full.
    do {
      const query = new QueryCommand({
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :oldest AND :newest',
        ExpressionAttributeValues: {
          ':pk': logHashOf(log),
          ':oldest': sortKeyOf(1),
          ':newest': sortKeyOf(Math.min(newest, MAX_ROUND_NUMBER)),
        },
        ScanIndexForward: false,
        Limit: page.limit - rounds.length,
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      const { Items = [], LastEvaluatedKey } = await awsCall('DynamoDB', () => this.#client.send(query));
      // Somebody may have put other items between the rounds. Nothing reads them, and the ledger's stream has parked them.
      const items = Items.filter(({ sk }) => numberIn(sk) > 0);
      rounds.push(...(await Promise.all(items.map((item) => this.#listed(item, log)))));
      startKey = LastEvaluatedKey;
    } while (startKey && rounds.length < page.limit);
    return rounds;
  }

  async #listed(item: NativeItem, log: RoundLog): Promise<ListedRound> {
    try {
      return await checkedRound(this.#macs, item, log);
    } catch (error) {
      if (isCorrupt(error)) return { log, number: numberIn(item['sk']), status: 'UNREADABLE' };
      throw error;
    }
  }
}
