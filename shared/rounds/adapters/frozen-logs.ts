import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { type ConditionalResult, conditionalWrite } from '../../aws/conditional-write.ts';
import type { Macs } from '../../encryption/macs.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Random } from '../../foundation/random.ts';
import type { Freeze, FrozenLogs } from '../frozen-logs.ts';
import { decodeFreeze, encodeFreeze } from './frozen-log-item.ts';
import { FROZEN } from './round-keys.ts';

type PutCondition = Pick<
  PutCommand['input'],
  'ConditionExpression' | 'ExpressionAttributeValues' | 'ReturnValuesOnConditionCheckFailure'
>;

interface Ports {
  readonly client: DynamoDBDocumentClient;
  readonly macs: Macs;
  readonly clock: Clock;
  readonly random: Random;
}

/** Keeps the freeze of a log beside its rounds, in the ledger's table. */
export class DynamoFrozenLogs implements FrozenLogs {
  readonly #ports: Ports;
  readonly #table: string;

  constructor(ports: Ports, tableName: string) {
    this.#ports = ports;
    this.#table = tableName;
  }

  /** A freeze that somebody else wrote is replaced as a whole, so that it can be released like any other. */
  async freeze(logHash: string, reason: string, how = { isReplaced: false }): Promise<void> {
    const { clock, random } = this.#ports;
    const freeze = {
      logHash,
      freezeId: random.uuid(),
      frozenAtMs: clock.nowMs(),
      reason,
      released: undefined,
    };
    if (how.isReplaced) return void (await this.#put(freeze));
    const result = await this.#put(freeze, {
      ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(releasedAtMs)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    if (!result.written && !(await this.#isOurs(result.existing))) await this.#put(freeze);
  }

  async #isOurs(item: NativeItem = {}): Promise<boolean> {
    try {
      await decodeFreeze(this.#ports.macs, item);
      return true;
    } catch (error) {
      if (error instanceof FaultError) return false;
      throw error;
    }
  }

  /** @throws FaultError CORRUPT_RECORD where somebody else wrote it */
  async find(logHash: string): Promise<Freeze | undefined> {
    const { client, macs } = this.#ports;
    const command = new GetCommand({ TableName: this.#table, Key: keyOf(logHash), ConsistentRead: true });
    const { Item } = await awsCall('DynamoDB', () => client.send(command));
    return Item && decodeFreeze(macs, Item);
  }

  /**
   * Signs the release before it deletes the freeze. The stream's consumer sees both, and freezes the log again where a
   * freeze vanishes that nobody has released.
   */
  async release(logHash: string, by: string, freezeId: string): Promise<Freeze | undefined> {
    const { client, clock } = this.#ports;
    const freeze = await this.find(logHash);
    if (freeze?.freezeId !== freezeId) return undefined;
    const released = freeze.released ?? { atMs: clock.nowMs(), by };
    const isSeen = {
      ConditionExpression: 'freezeId = :seen',
      ExpressionAttributeValues: { ':seen': freezeId },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    if (!freeze.released && !(await this.#put({ ...freeze, released }, isSeen)).written) return undefined;
    const command = new DeleteCommand({ TableName: this.#table, Key: keyOf(logHash), ...isSeen });
    const result = await conditionalWrite(() => client.send(command));
    // A repeated delete finds nothing.
    return result.written || !result.existing ? { ...freeze, released } : undefined;
  }

  async #put(freeze: Freeze, condition: PutCondition = {}): Promise<ConditionalResult> {
    const Item = await encodeFreeze(this.#ports.macs, freeze);
    return conditionalWrite(() =>
      this.#ports.client.send(new PutCommand({ TableName: this.#table, Item, ...condition })),
    );
  }
}

function keyOf(logHash: string) {
  return { pk: logHash, sk: FROZEN };
}
