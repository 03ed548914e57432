import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Game } from '../game.ts';
import type { Operator } from '../../operators/operator.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Registry } from '../registry.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { ExpiringCache } from '../../foundation/expiring-cache.ts';
import { decodeGame, decodeOperator, decodeOperatorKey, GAMES, registryKeys } from './registry-items.ts';
import type { GameCode, OperatorId } from '../../foundation/ids.ts';

/** A change of the configuration reaches every process after this time. */
const LIFE_MS = 30_000;
/** An entry that is not there may be about to be registered. */
const ABSENT_LIFE_MS = 2_000;
/** Callers name the keys, so the number of names to remember has a limit. */
const MAX_ENTRIES = 1_000;

/** Reads operators and games from the configuration table. Each process remembers them for some seconds. */
export class DynamoRegistry implements Registry {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #operators: ExpiringCache<Operator | undefined>;
  readonly #keys: ExpiringCache<OperatorId | undefined>;
  readonly #games: ExpiringCache<Game | undefined>;
  readonly #allGames: ExpiringCache<Game[]>;

  constructor(client: DynamoDBDocumentClient, tableName: string, clock: Clock) {
    this.#client = client;
    this.#table = tableName;
    this.#operators = remembered(clock);
    this.#keys = remembered(clock);
    this.#games = remembered(clock);
    this.#allGames = remembered(clock);
  }

  async operator(operatorId: OperatorId): Promise<Operator | undefined> {
    return this.#operators.read(operatorId, () =>
      this.#read(registryKeys.operator(operatorId), decodeOperator),
    );
  }

  async operatorByKey(keyHash: string): Promise<Operator | undefined> {
    const operatorId = await this.#keys.read(keyHash, () =>
      this.#read(registryKeys.operatorKey(keyHash), decodeOperatorKey),
    );
    return operatorId === undefined ? undefined : this.operator(operatorId);
  }

  async game(gameCode: GameCode): Promise<Game | undefined> {
    return this.#games.read(gameCode, () => this.#read(registryKeys.game(gameCode), decodeGame));
  }

  async presentGame(gameCode: GameCode): Promise<Game | undefined> {
    return this.#games.refresh(gameCode, () =>
      this.#read(registryKeys.game(gameCode), decodeGame, { ConsistentRead: true }),
    );
  }

  async games(): Promise<Game[]> {
    return this.#allGames.read(GAMES, () => this.#readGames());
  }

  async #read<T>(
    key: Record<string, string>,
    decode: (item: unknown) => T,
    options: { readonly ConsistentRead?: true } = {},
  ): Promise<T | undefined> {
    const { Item } = await awsCall('DynamoDB', () =>
      this.#client.send(new GetCommand({ TableName: this.#table, Key: key, ...options })),
    );
    return Item && decode(Item);
  }

  async #readGames(): Promise<Game[]> {
    const games: Game[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await awsCall('DynamoDB', () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#table,
            KeyConditionExpression: 'pk = :games',
            ExpressionAttributeValues: { ':games': GAMES },
            ...(startKey && { ExclusiveStartKey: startKey }),
          }),
        ),
      );
      games.push(...Items.map(decodeGame));
      startKey = LastEvaluatedKey;
    } while (startKey);
    return games;
  }
}

function remembered<T>(clock: Clock): ExpiringCache<T> {
  const isAbsent = (value: T) => value === undefined || (Array.isArray(value) && value.length === 0);
  const lifeMs = (value: T) => (isAbsent(value) ? ABSENT_LIFE_MS : LIFE_MS);
  return new ExpiringCache({ clock, maxEntries: MAX_ENTRIES, lifeMs });
}
