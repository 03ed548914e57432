import { isDeepStrictEqual } from 'node:util';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { FaultError } from '../../foundation/errors.ts';
import { MAX_ROUND_NUMBER, type RoundId, type RoundLog } from '../../foundation/ids.ts';
import type { IntentRound, Round, RoundStatus } from '../round.ts';
import type { AppendResult, Fence, Ledger, LedgerPart, RoundReference, UnfinishedRound } from '../ledger.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { conditionalWrite } from '../../aws/conditional-write.ts';
import { itemSize, MAX_ITEM_BYTES } from '../../aws/item-size.ts';
import { decodeRound, encodeRound } from './round-codec.ts';
import { progressOf, type RoundItem } from './round-item.ts';
import { keyOf, logKeyOf, type RoundKey, referenceOf, sortKeyOf } from './round-keys.ts';
import { assign } from '../../aws/update-expression.ts';

const ROUND_ID_INDEX = 'roundId';

/** Keeps the ledger in one DynamoDB table, with a partition for each log and an item for each round. */
export class DynamoLedger implements Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  async head(log: RoundLog): Promise<Round | undefined> {
    const [newest] = await this.list(log, { limit: 1 });
    return newest;
  }

  async get(reference: RoundReference): Promise<Round | undefined> {
    return this.#read(keyOf(reference));
  }

  async find(roundId: RoundId): Promise<Round | undefined> {
    const { Items = [] } = await this.#query({
      IndexName: ROUND_ID_INDEX,
      KeyConditionExpression: 'roundId = :roundId',
      ExpressionAttributeValues: { ':roundId': roundId },
      Limit: 1,
    });
    const [key] = Items;
    return key && this.#read({ pk: key['pk'], sk: key['sk'] });
  }

  async list(
    log: RoundLog,
    page: { readonly beforeNumber?: number; readonly limit: number },
  ): Promise<Round[]> {
    const newest = (page.beforeNumber ?? MAX_ROUND_NUMBER + 1) - 1;
    const rounds: Round[] = [];
    if (newest < 1 || page.limit < 1) return rounds;
    let startKey: Record<string, unknown> | undefined;
    // An answer ends at 1 MB, which may be before the page is full.
    do {
      const { Items = [], LastEvaluatedKey } = await this.#query({
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :oldest AND :newest',
        ExpressionAttributeValues: {
          ':pk': logKeyOf(log),
          ':oldest': sortKeyOf(1),
          ':newest': sortKeyOf(Math.min(newest, MAX_ROUND_NUMBER)),
        },
        ScanIndexForward: false,
        Limit: page.limit - rounds.length,
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      rounds.push(...Items.map(decodeRound));
      startKey = LastEvaluatedKey;
    } while (startKey && rounds.length < page.limit);
    return rounds;
  }

  async append(round: IntentRound): Promise<AppendResult> {
    const result = await conditionalWrite(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: fitting(encodeRound(round)),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (result.written) return { appended: true };
    if (!result.existing)
      throw new FaultError('INTERNAL_ERROR', 'The ledger refused a round without saying why');
    const existing = decodeRound(result.existing);
    // The id is new for every round, so this round is ours. An earlier attempt wrote it, and its answer was lost.
    return existing.roundId === round.roundId ? { appended: true } : { appended: false, existing };
  }

  /**
   * This is an update rather than a put. The request contains neither what the intent fixed, nor a mark or an expiry.
   */
  async save(next: Round, fence: Fence): Promise<boolean> {
    const wanted = fitting(encodeRound(next));
    const update = assign(progressOf(wanted));
    const result = await conditionalWrite(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: keyOf(next),
          ...update,
          ConditionExpression: 'roundId = :roundId AND #status = :fenceStatus AND #epoch = :fenceEpoch',
          ExpressionAttributeValues: {
            ...update.ExpressionAttributeValues,
            ':roundId': next.roundId,
            ':fenceStatus': fence.status,
            ':fenceEpoch': fence.epoch,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (result.written) return true;
    // A take-over is never shared. Two actors that took the round over at the same instant would look the same.
    if (!result.existing || next.status === 'INTENT') return false;
    return isDeepStrictEqual(decodeRound(result.existing), decodeRound(wanted));
  }

  /**
   * Mark and expiry stay once they are set. Repeated deliveries of the stream must not make new changes of the ledger.
   */
  async markArchived(reference: RoundReference): Promise<void> {
    await conditionalWrite(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: keyOf(reference),
          UpdateExpression: 'SET archived = :true',
          ConditionExpression: `attribute_not_exists(archived) AND (${FINAL})`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':true': true, ...finalValues },
        }),
      ),
    );
  }

  async expire(reference: RoundReference, expiresAtMs: number): Promise<void> {
    await conditionalWrite(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: keyOf(reference),
          UpdateExpression: 'SET expiresAt = :expiresAt',
          ConditionExpression: 'attribute_exists(archived) AND attribute_not_exists(expiresAt)',
          ExpressionAttributeValues: { ':expiresAt': Math.ceil(expiresAtMs / 1000) },
        }),
      ),
    );
  }

  /**
   * The read is eventually consistent, at half the price. A round that was untouched for so long is on every replica.
   */
  async *unfinished(beforeMs: number, part: LedgerPart): AsyncIterable<readonly UnfinishedRound[]> {
    let startKey: Record<string, unknown> | undefined;
    const unreadable: unknown[] = [];
    do {
      const { Items = [], LastEvaluatedKey } = await awsCall('DynamoDB', () =>
        this.#client.send(
          new ScanCommand({
            TableName: this.#table,
            Segment: part.index,
            TotalSegments: part.count,
            FilterExpression: `updatedAt < :before AND (${UNFINISHED})`,
            ProjectionExpression: 'pk, sk, #status, updatedAt',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':before': beforeMs, ...unfinishedValues },
            ...(startKey && { ExclusiveStartKey: startKey }),
          }),
        ),
      );
      yield Items.flatMap((item) => readUnfinished(item, unreadable));
      startKey = LastEvaluatedKey;
    } while (startKey);
    // The error comes last, so that one broken item keeps no other round from its recovery.
    if (unreadable.length > 0) throw unreadable[0];
  }

  async #read(key: RoundKey): Promise<Round | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(new GetCommand({ TableName: this.#table, Key: key, ConsistentRead: true })),
    );
    return Item && decodeRound(Item);
  }

  #query(input: Omit<QueryCommandInput, 'TableName'>): Promise<QueryCommandOutput> {
    return awsCall('DynamoDB', () =>
      this.#client.send(new QueryCommand({ TableName: this.#table, ...input })),
    );
  }
}

/** The filter has let only items with such a status through, and only with a number as their time. */
function readUnfinished(item: Record<string, unknown>, unreadable: unknown[]): UnfinishedRound[] {
  try {
    const { status, updatedAt } = item as { readonly status: RoundStatus; readonly updatedAt: bigint };
    return [{ ...referenceOf(item), status, updatedAtMs: Number(updatedAt) }];
  } catch (error) {
    unreadable.push(error);
    return [];
  }
}

/** This condition is the domain's `isFinal`. */
const FINAL =
  '#status IN (:credited, :rejected, :failed, :voided) OR (#status = :committed AND win = :nothing)';
const finalValues = {
  ':credited': 'CREDITED',
  ':rejected': 'REJECTED',
  ':failed': 'FAILED',
  ':voided': 'VOIDED',
  ':committed': 'COMMITTED',
  ':nothing': 0,
} as const satisfies Record<string, RoundStatus | 0>;
/** This condition is its opposite. A voided round adds to it until its last rollback is acknowledged. */
const UNFINISHED =
  '#status IN (:intent, :voiding) OR (#status = :committed AND win > :nothing)' +
  ' OR (#status = :voided AND stake > :nothing AND attribute_not_exists(confirmed))';
const unfinishedValues = {
  ':voided': 'VOIDED',
  ':intent': 'INTENT',
  ':voiding': 'VOIDING',
  ':committed': 'COMMITTED',
  ':nothing': 0,
} as const satisfies Record<string, RoundStatus | 0>;

/** Checks the size of an item. @throws FaultError INTERNAL_ERROR where the table would refuse the item for its size */
function fitting(item: RoundItem): RoundItem {
  const bytes = itemSize(item);
  if (bytes <= MAX_ITEM_BYTES) return item;
  throw new FaultError('INTERNAL_ERROR', `A round of ${bytes} bytes is more than the ledger can hold`, {
    roundId: item.roundId,
  });
}
