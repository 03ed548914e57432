import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { assign } from '../../aws/update-expression.ts';
import type { Macs } from '../../encryption/macs.ts';
import { FaultError } from '../../foundation/errors.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Random } from '../../foundation/random.ts';
import type { Freeze, FrozenLogs } from '../frozen-logs.ts';
import { decodeFreeze, encodeFreeze } from './frozen-log-item.ts';
import { FROZEN } from './round-keys.ts';

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

  /** A freeze that somebody else wrote is replaced, so that it can be released like any other. */
  async freeze(logHash: string, reason: string): Promise<void> {
    const { macs, clock, random } = this.#ports;
    const known = await this.find(logHash).catch((error: unknown) => {
      if (error instanceof FaultError) return undefined;
      throw error;
    });
    if (known && !known.released) return;
    const freeze = {
      logHash,
      freezeId: random.uuid(),
      frozenAtMs: clock.nowMs(),
      reason,
      released: undefined,
    };
    await this.#put(await encodeFreeze(macs, freeze));
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
  async release(logHash: string, by: string): Promise<Freeze | undefined> {
    const { client, macs, clock } = this.#ports;
    const freeze = await this.find(logHash);
    if (!freeze) return undefined;
    const released = freeze.released ?? { atMs: clock.nowMs(), by };
    if (!freeze.released) await this.#put(await encodeFreeze(macs, { ...freeze, released }));
    const command = new DeleteCommand({ TableName: this.#table, Key: keyOf(logHash) });
    await awsCall('DynamoDB', () => client.send(command));
    return { ...freeze, released };
  }

  #put(item: NativeItem): Promise<unknown> {
    const { pk, sk, ...attributes } = item;
    const command = new UpdateCommand({ TableName: this.#table, Key: { pk, sk }, ...assign(attributes) });
    return awsCall('DynamoDB', () => this.#ports.client.send(command));
  }
}

function keyOf(logHash: string) {
  return { pk: logHash, sk: FROZEN };
}
