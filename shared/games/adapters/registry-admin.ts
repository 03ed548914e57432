import * as z from 'zod';
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
   * Registers an operator, or replaces it. It keeps its key unless the hash of a new one is given; the old key then stops
   * working. It keeps all of its wallets, because rounds may name them.
   * @throws FaultError MISCONFIGURED where the key belongs to another operator or is missing, or where a wallet is left out
   */
  async putOperator(operator: Operator, newKeyHash?: string): Promise<void> {
    if (newKeyHash !== undefined) stored(Sha256Hex, newKeyHash, 'The hash of a key');
    decodeOperator(encodeOperator(operator, newKeyHash ?? ''));
    const known = await this.#registered(operator.operatorId);
    const keyHash = newKeyHash ?? known?.keyHash;
    if (keyHash === undefined) throw new FaultError('MISCONFIGURED', 'A new operator needs a key');
    const item = encodeOperator(operator, keyHash);
    assertKeepsWallets(operator, known);
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
    if (known && known.keyHash !== keyHash) {
      writes.push({ Delete: { TableName, Key: registryKeys.operatorKey(known.keyHash) } });
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

  async #registered(operatorId: OperatorId): Promise<Registered | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(
        new GetCommand({
          TableName: this.#table,
          Key: registryKeys.operator(operatorId),
          ConsistentRead: true,
        }),
      ),
    );
    return Item && stored(RegisteredItem, Item, 'An operator');
  }

  #put(item: NativeItem): Promise<unknown> {
    return awsCall('DynamoDB', () =>
      this.#client.send(new PutCommand({ TableName: this.#table, Item: item })),
    );
  }
}

const RegisteredItem = z.object({
  keyHash: Sha256Hex,
  wallets: z.array(z.looseObject({ walletId: z.string() })),
});
type Registered = z.output<typeof RegisteredItem>;

/** @throws FaultError MISCONFIGURED */
function assertKeepsWallets({ operatorId, wallets }: Operator, known: Registered | undefined): void {
  const kept = new Set<string>(wallets.map(({ walletId }) => walletId));
  const missing = known?.wallets.find(({ walletId }) => !kept.has(walletId));
  if (missing) {
    throw new FaultError(
      'MISCONFIGURED',
      `The operator ${operatorId} must keep its wallet ${missing.walletId}`,
    );
  }
}

/** Two people who register the same operator must not leave two keys behind, or take a wallet away. */
function unchanged(known: Registered | undefined) {
  return known === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'keyHash = :key AND wallets = :wallets',
        ExpressionAttributeValues: { ':key': known.keyHash, ':wallets': known.wallets },
      };
}
