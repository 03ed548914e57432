import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { FaultError } from '../../foundation/errors.ts';
import type { Game } from '../game.ts';
import type { EngineVersion } from '../../engines/engine-version.ts';
import { type OperatorId, Sha256Hex } from '../../foundation/ids.ts';
import type { Operator } from '../../operators/operator.ts';
import type { RegistryAdmin } from '../registry.ts';
import { awsCall } from '../../aws/aws-call.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { conditionalTransaction, type TransactionWrites } from '../../aws/conditional-transaction.ts';
import { decodeEngineVersion, encodeEngineVersion } from './engine-versions.ts';
import { decodeGame, decodeOperator, encodeGame, encodeOperator, registryKeys } from './registry-items.ts';
import { stored } from '../../aws/stored.ts';

/** Writes the configuration table. An entry that could not be read back is refused before it is written. */
export class DynamoRegistryAdmin implements RegistryAdmin {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  /**
   * Registers an operator, or replaces it. A key that it had before stops working.
   * @throws FaultError MISCONFIGURED where the key belongs to another operator
   */
  async putOperator(operator: Operator, keyHash: string): Promise<void> {
    stored(Sha256Hex, keyHash, 'The hash of a key');
    const item = encodeOperator(operator, keyHash);
    decodeOperator(item);
    const known = await this.#keyHashOf(operator.operatorId);
    const TableName = this.#table;
    const writes: TransactionWrites = [
      { Put: { TableName, Item: item, ...unchanged(known) } },
      {
        Put: {
          TableName,
          Item: { ...registryKeys.operatorKey(keyHash), operatorId: operator.operatorId },
          ConditionExpression: 'attribute_not_exists(pk) OR operatorId = :id',
          ExpressionAttributeValues: { ':id': operator.operatorId },
        },
      },
    ];
    if (known !== undefined && known !== keyHash) {
      writes.push({ Delete: { TableName, Key: registryKeys.operatorKey(known) } });
    }
    if (!(await conditionalTransaction(this.#client, writes))) {
      throw new FaultError(
        'MISCONFIGURED',
        'The key belongs to another operator, or the operator was changed by somebody else just now',
      );
    }
  }

  async putGame(game: Game): Promise<void> {
    const item = encodeGame(game);
    decodeGame(item);
    await this.#put(item);
  }

  async putEngineVersion(version: EngineVersion): Promise<void> {
    const item = encodeEngineVersion(version);
    decodeEngineVersion(item);
    await this.#put(item);
  }

  async #keyHashOf(operatorId: OperatorId): Promise<string | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(
        new GetCommand({
          TableName: this.#table,
          Key: registryKeys.operator(operatorId),
          ConsistentRead: true,
        }),
      ),
    );
    return Item && stored(Sha256Hex, Item['keyHash'], "The hash of an operator's key");
  }

  #put(item: NativeItem): Promise<unknown> {
    return awsCall('DynamoDB', () =>
      this.#client.send(new PutCommand({ TableName: this.#table, Item: item })),
    );
  }
}

/** Two people who register the same operator must not leave two keys behind. */
function unchanged(keyHash: string | undefined) {
  return keyHash === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'keyHash = :known', ExpressionAttributeValues: { ':known': keyHash } };
}
