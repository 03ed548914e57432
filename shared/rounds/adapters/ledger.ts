import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../foundation/clock.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { RoundId, RoundLog } from '../../foundation/ids.ts';
import type { NewRound, Round, RoundStatus } from '../round.ts';
import type { AppendResult, Ledger, LedgerPart, RoundReference, UnfinishedRound } from '../ledger.ts';
import { sameBytes } from '../../foundation/bytes.ts';
import { addressOf, logHashOf } from '../round-address.ts';
import { assertFollows, logFrozen } from '../round-chain.ts';
import type { RoundMacs } from '../round-macs.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { conditionalWrite } from '../../aws/conditional-write.ts';
import { itemSize, MAX_ITEM_BYTES } from '../../aws/item-size.ts';
import { checkedRound } from './checked-round.ts';
import { encodeRound } from './round-codec.ts';
import { progressOf, type RoundItem } from './round-item.ts';
import { FROZEN, keyOf, type RoundKey, referenceOf, sortKeyOf } from './round-keys.ts';
import { assign } from '../../aws/update-expression.ts';

/** Keeps the ledger in one DynamoDB table, with a partition for each log and an item for each round. */
export class DynamoLedger implements Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #macs: RoundMacs;
  readonly #clock: Clock;

  constructor(client: DynamoDBDocumentClient, tableName: string, macs: RoundMacs, clock: Clock) {
    this.#client = client;
    this.#table = tableName;
    this.#macs = macs;
    this.#clock = clock;
  }

  /**
   * The round before the newest is in the same answer. Two rounds of a reference slot are far within the 4 KB of one read
   * unit.
   */
  async head(log: RoundLog): Promise<Round | undefined> {
    const { Items = [] } = await awsCall('DynamoDB', () =>
      this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': logHashOf(log) },
          ScanIndexForward: false,
          Limit: 2,
        }),
      ),
    );
    if (Items[0]?.['sk'] === FROZEN) throw logFrozen();
    const [newest, before] = await Promise.all(Items.map((item) => this.#checked(item, log)));
    // Expired rounds are deleted in any order, so there may be a gap before them.
    const expiresAtMs = before?.expiry?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (newest && before && expiresAtMs > this.#clock.nowMs()) assertFollows(newest, before);
    return newest;
  }

  async get(reference: RoundReference): Promise<Round | undefined> {
    return this.#read(keyOf(reference), reference.log);
  }

  async isFrozen(log: RoundLog): Promise<boolean> {
    return (await this.#item({ pk: logHashOf(log), sk: FROZEN })) !== undefined;
  }

  async find(roundId: RoundId): Promise<Round | undefined> {
    const address = addressOf(roundId);
    if (!address) return undefined;
    const round = await this.#read({ pk: address.logHash, sk: sortKeyOf(address.number) });
    return round?.roundId === roundId ? round : undefined;
  }

  async append(newRound: NewRound): Promise<AppendResult> {
    const round = await this.#macs.signNew(newRound);
    const result = await conditionalWrite(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: fitting(encodeRound(round), round.roundId),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (result.written) return { appended: true, round };
    if (!result.existing)
      throw new FaultError('INTERNAL_ERROR', 'The ledger refused a round without saying why');
    const existing = await this.#checked(result.existing, round.log);
    // Every seed is new, so only this very round has its intent's MAC. An earlier attempt wrote it, and its answer was lost.
    return sameBytes(existing.intentMac, round.intentMac)
      ? { appended: true, round: existing }
      : { appended: false, existing };
  }

  /**
   * This is an update rather than a put. The request contains neither what the intent fixed, nor a mark or an expiry. The
   * MAC tells the state that was read from every other.
   */
  async save(unsigned: Round, present: Round): Promise<Round | undefined> {
    const next = await this.#macs.sign(unsigned);
    const update = assign(progressOf(fitting(encodeRound(next), next.roundId)));
    const result = await conditionalWrite(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: keyOf(next),
          ...update,
          ConditionExpression: 'mac = :present',
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':present': present.mac },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (result.written) return next;
    // A take-over is never shared. Two actors that took the round over at the same instant would look the same.
    if (!result.existing || next.status === 'INTENT') return undefined;
    const existing = await this.#checked(result.existing, next.log);
    return sameBytes(existing.mac, next.mac) ? existing : undefined;
  }

  /**
   * Mark and expiry stay once they are set. Repeated deliveries of the stream must not make new changes of the ledger.
   */
  async markArchived(reference: RoundReference): Promise<void> {
    await this.#mark(reference, {
      UpdateExpression: 'SET archived = :true',
      ConditionExpression: `attribute_not_exists(archived) AND (${FINAL})`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':true': true, ...finalValues },
    });
  }

  async expire(reference: RoundReference, expiresAtMs: number): Promise<void> {
    const expiresAt = Math.ceil(expiresAtMs / 1_000);
    const { mac } = await this.#macs.signExpiry(reference, expiresAt * 1_000);
    await this.#mark(reference, {
      UpdateExpression: 'SET expiresAt = :expiresAt, expiryMac = :mac',
      ConditionExpression: 'attribute_exists(archived) AND attribute_not_exists(expiresAt)',
      ExpressionAttributeValues: { ':expiresAt': expiresAt, ':mac': mac },
    });
  }

  /**
   * Somebody may have filled an item up, so that DynamoDB refuses the mark. The item then stays without it. The stream's
   * consumer must go on, because it has to judge that change.
   */
  async #mark(reference: RoundReference, update: Mark): Promise<void> {
    const command = new UpdateCommand({ TableName: this.#table, Key: keyOf(reference), ...update });
    await conditionalWrite(async () => {
      try {
        await this.#client.send(command);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ValidationException')) throw error;
      }
    });
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
            ProjectionExpression: 'pk, sk, #log, #status, updatedAt',
            ExpressionAttributeNames: { '#status': 'status', '#log': 'log' },
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

  async #read(key: RoundKey, log?: RoundLog): Promise<Round | undefined> {
    const item = await this.#item(key);
    return item && this.#checked(item, log);
  }

  async #item(Key: RoundKey): Promise<NativeItem | undefined> {
    const command = new GetCommand({ TableName: this.#table, Key, ConsistentRead: true });
    return (await awsCall('DynamoDB', () => this.#client.send(command))).Item;
  }

  #checked(item: NativeItem, log: RoundLog | undefined): Promise<Round> {
    return checkedRound(this.#macs, item, log);
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

type Mark = Omit<UpdateCommand['input'], 'TableName' | 'Key'>;

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
  ' OR (#status = :voided AND attribute_not_exists(confirmed))';
const unfinishedValues = {
  ':voided': 'VOIDED',
  ':intent': 'INTENT',
  ':voiding': 'VOIDING',
  ':committed': 'COMMITTED',
  ':nothing': 0,
} as const satisfies Record<string, RoundStatus | 0>;

/** Checks the size of an item. @throws FaultError INTERNAL_ERROR where the table would refuse the item for its size */
function fitting(item: RoundItem, roundId: RoundId): RoundItem {
  const bytes = itemSize(item);
  if (bytes <= MAX_ITEM_BYTES) return item;
  throw new FaultError('INTERNAL_ERROR', `A round of ${bytes} bytes is more than the ledger can hold`, {
    roundId,
  });
}
