import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { FaultError } from '../../foundation/errors.ts';
import type { Game } from '../game.ts';
import type { EngineVersion } from '../../engines/engine-version.ts';
import type { Activation, GameVersion } from '../game-version.ts';
import { awsCall } from '../../aws/aws-call.ts';
import { conditionalTransaction, type TransactionWrites } from '../../aws/conditional-transaction.ts';
import { encodeEngineVersion } from './engine-versions.ts';
import {
  decodeActivation,
  decodeGameVersion,
  encodeActivation,
  encodeGameVersion,
  gameVersionKeys,
} from './game-version-items.ts';
import { decodeGame, encodeGame, registryKeys } from './registry-items.ts';
import type { GameCode } from '../../foundation/ids.ts';

type Key = Readonly<Record<'pk' | 'sk', string>>;

/**
 * Keeps the versions of each game in the configuration table: published, made active, retired. Every change is one
 * transaction. Its condition is that nothing has changed meanwhile of the data that decided it.
 */
export class DynamoGameVersions {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#table = tableName;
  }

  /**
   * Adds a version. A version that is there already keeps everything but its title, its bets and its state rule,
   * which become the new ones.
   * @returns whether it is new
   * @throws FaultError MISCONFIGURED where it was changed meanwhile
   */
  async publish(version: GameVersion, engine: EngineVersion): Promise<boolean> {
    const known = await this.version(version.gameCode, version.hash);
    const { title, bets, stateRule } = version;
    const item = encodeGameVersion(known ? { ...known, title, bets, stateRule } : version);
    decodeGameVersion(item);
    const TableName = this.#table;
    const unchanged = known
      ? {
          ConditionExpression: `attribute_${known.retiredAtMs === undefined ? 'not_' : ''}exists(retiredAtMs)`,
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    const writes: TransactionWrites = [{ Put: { TableName, Item: item, ...unchanged } }];
    if (!known) writes.push({ Put: { TableName, Item: encodeEngineVersion(engine) } });
    await this.#write(writes);
    return !known;
  }

  async version(gameCode: GameCode, hash: string): Promise<GameVersion | undefined> {
    const item = await this.#get(gameVersionKeys.version(gameCode, hash));
    return item && decodeGameVersion(item);
  }

  /** Lists the versions in the order of their publishing. */
  async versions(gameCode: GameCode): Promise<GameVersion[]> {
    const items = await this.#query(gameVersionKeys.versions(gameCode), true);
    return items.map(decodeGameVersion).toSorted((a, b) => a.publishedAtMs - b.publishedAtMs);
  }

  /** Lists the activations, the newest first. */
  async activations(gameCode: GameCode): Promise<Activation[]> {
    const items = await this.#query(gameVersionKeys.activations(gameCode), false);
    return items.map(decodeActivation);
  }

  async activeHash(gameCode: GameCode): Promise<string | undefined> {
    return (await this.#game(gameCode))?.engineHash;
  }

  /**
   * Makes a version the active one, with its title, bets and state rule. New rounds take it as soon as the processes read the
   * registry again. A game that was switched off stays off.
   * @returns whether another version was active before
   * @throws FaultError MISCONFIGURED where there is no such version, it is retired, or the game was changed meanwhile
   */
  async activate(gameCode: GameCode, hash: string, activatedAtMs: number): Promise<boolean> {
    const [version, game, [newest]] = await Promise.all([
      this.version(gameCode, hash),
      this.#game(gameCode),
      this.activations(gameCode),
    ]);
    if (!version) throw unknownVersion(gameCode, hash);
    if (version.retiredAtMs !== undefined) throw refused(`The version ${hash} of ${gameCode} is retired`);
    const { title, bets, stateRule, contract } = version;
    const changed = game?.engineHash !== hash;
    const TableName = this.#table;
    const enabled = game?.enabled ?? true;
    const offer = { title, bets, stateRule, ...(contract && { contract }) };
    const next: Game = { gameCode, enabled, engineHash: hash, ...offer };
    const writes: TransactionWrites = [
      { Put: { TableName, Item: encodeGame(next), ...unchangedGame(game) } },
      {
        ConditionCheck: {
          TableName,
          Key: gameVersionKeys.version(gameCode, hash),
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(retiredAtMs)',
        },
      },
    ];
    if (changed) {
      const activation = { gameCode, number: (newest?.number ?? 0) + 1, hash, activatedAtMs };
      const Item = encodeActivation(activation);
      writes.push({ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } });
    }
    await this.#write(writes);
    return changed;
  }

  /**
   * Keeps a version from ever being active again. Rounds that it has begun are finished on it.
   * @returns whether it was not retired before
   * @throws FaultError MISCONFIGURED where there is no such version, or it is the active one
   */
  async retire(gameCode: GameCode, hash: string, retiredAtMs: number): Promise<boolean> {
    const [version, game] = await Promise.all([this.version(gameCode, hash), this.#game(gameCode)]);
    if (!version) throw unknownVersion(gameCode, hash);
    if (version.retiredAtMs !== undefined) return false;
    if (game?.engineHash === hash) {
      throw refused(`The version ${hash} of ${gameCode} is the active one; activate another first`);
    }
    const TableName = this.#table;
    const Item = encodeGameVersion({ ...version, retiredAtMs });
    const stillThere = 'attribute_exists(pk) AND attribute_not_exists(retiredAtMs)';
    await this.#write([
      { Put: { TableName, Item, ConditionExpression: stillThere } },
      {
        ConditionCheck: {
          TableName,
          Key: registryKeys.game(gameCode),
          ConditionExpression: 'attribute_not_exists(pk) OR engineHash <> :hash',
          ExpressionAttributeValues: { ':hash': hash },
        },
      },
    ]);
    return true;
  }

  async #game(gameCode: GameCode): Promise<Game | undefined> {
    const item = await this.#get(registryKeys.game(gameCode));
    return item && decodeGame(item);
  }

  async #get(Key: Key): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({ TableName: this.#table, Key, ConsistentRead: true });
    return (await awsCall('DynamoDB', () => this.#client.send(command))).Item;
  }

  async #query(partition: string, ScanIndexForward: boolean): Promise<unknown[]> {
    const items: unknown[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await awsCall('DynamoDB', () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': partition },
            ConsistentRead: true,
            ScanIndexForward,
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return items;
  }

  async #write(writes: TransactionWrites): Promise<void> {
    if (await conditionalTransaction(this.#client, writes)) return;
    throw refused('Somebody else changed the versions of the game just now; look again');
  }
}

function unchangedGame(game: Game | undefined) {
  return game === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'engineHash = :before AND enabled = :enabled',
        ExpressionAttributeValues: { ':before': game.engineHash, ':enabled': game.enabled },
      };
}

function unknownVersion(gameCode: GameCode, hash: string): FaultError {
  return refused(`There is no version ${hash} of ${gameCode}`);
}

function refused(why: string): FaultError {
  return new FaultError('MISCONFIGURED', why);
}
