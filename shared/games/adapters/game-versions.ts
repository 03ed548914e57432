import { FaultError } from '../../foundation/errors.ts';
import type { Game } from '../game.ts';
import type { EngineVersion } from '../../engines/engine-version.ts';
import type { Activation, GameVersion } from '../game-version.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { conditionalTransaction, type TransactionWrites } from '../../aws/conditional-transaction.ts';
import { type ConfigKey, type ConfigTable, listItems, readItem } from './config-table.ts';
import { signedPut, unchanged } from './config-writes.ts';
import { encodeEngineVersion, engineVersionKey } from './engine-versions.ts';
import {
  decodeActivation,
  decodeGameVersion,
  encodeActivation,
  encodeGameVersion,
  gameVersionKeys,
} from './game-version-items.ts';
import { decodeGame, encodeGame, registryKeys } from './registry-items.ts';
import type { GameCode } from '../../foundation/ids.ts';

/**
 * Keeps the versions of each game in the configuration table: published, made active, retired. Every change is one
 * transaction. Its condition is that nothing has changed meanwhile of the data that decided it.
 */
export class DynamoGameVersions {
  readonly #table: ConfigTable;

  constructor(table: ConfigTable) {
    this.#table = table;
  }

  /**
   * Adds a version. A version that is there already keeps everything but its title, its bets and its rules,
   * which become the new ones.
   * @returns whether it is new
   * @throws FaultError MISCONFIGURED where it was changed meanwhile
   */
  async publish(version: GameVersion, engine: EngineVersion): Promise<boolean> {
    const before = await this.#get(gameVersionKeys.version(version.gameCode, version.hash));
    const { title, bets, stateRule, bonusEndMillionths } = version;
    const offer = { title, bets, stateRule, bonusEndMillionths };
    const item = encodeGameVersion(before ? { ...decodeGameVersion(before), ...offer } : version);
    decodeGameVersion(item);
    const writes: TransactionWrites = [{ Put: await signedPut(this.#table, item, before) }];
    if (!before) {
      const known = await this.#get(engineVersionKey(engine.hash));
      writes.push({ Put: await signedPut(this.#table, encodeEngineVersion(engine), known) });
    }
    await this.#write(writes);
    return !before;
  }

  async version(gameCode: GameCode, hash: string): Promise<GameVersion | undefined> {
    const item = await this.#get(gameVersionKeys.version(gameCode, hash));
    return item && decodeGameVersion(item);
  }

  /** Lists the versions in the order of their publishing. */
  async versions(gameCode: GameCode): Promise<GameVersion[]> {
    const items = await listItems(this.#table, gameVersionKeys.versions(gameCode), { ConsistentRead: true });
    return items.map(decodeGameVersion).toSorted((a, b) => a.publishedAtMs - b.publishedAtMs);
  }

  /** Lists the activations, the newest first. */
  async activations(gameCode: GameCode): Promise<Activation[]> {
    const partition = gameVersionKeys.activations(gameCode);
    const newestFirst = { ConsistentRead: true, ScanIndexForward: false } as const;
    return (await listItems(this.#table, partition, newestFirst)).map(decodeActivation);
  }

  async activeHash(gameCode: GameCode): Promise<string | undefined> {
    const game = await this.#get(registryKeys.game(gameCode));
    return game && decodeGame(game).engineHash;
  }

  /**
   * Makes a version the active one, with its title, bets and rules. New rounds take it as soon as the processes read the
   * registry again. A game that was switched off stays off. A version without a bonus leaves the rule for the end of a
   * bonus as it is. A bonus of the version before may still be active.
   * @returns whether another version was active before
   * @throws FaultError MISCONFIGURED where there is no such version, it is retired, or the game was changed meanwhile
   */
  async activate(gameCode: GameCode, hash: string, activatedAtMs: number): Promise<boolean> {
    const key = gameVersionKeys.version(gameCode, hash);
    const [version, game, [newest]] = await Promise.all([
      this.#get(key),
      this.#get(registryKeys.game(gameCode)),
      this.activations(gameCode),
    ]);
    if (!version) throw unknownVersion(gameCode, hash);
    const { title, bets, stateRule, contract, retiredAtMs, ...rules } = decodeGameVersion(version);
    if (retiredAtMs !== undefined) throw refused(`The version ${hash} of ${gameCode} is retired`);
    const known = game && decodeGame(game);
    const changed = known?.engineHash !== hash;
    const enabled = known?.enabled ?? true;
    const bonusEndMillionths = rules.bonusEndMillionths ?? known?.bonusEndMillionths;
    const offer = { title, bets, stateRule, bonusEndMillionths, ...(contract && { contract }) };
    const next: Game = { gameCode, enabled, engineHash: hash, ...offer };
    const writes: TransactionWrites = [
      { Put: await signedPut(this.#table, encodeGame(next), game) },
      { ConditionCheck: { TableName: this.#table.tableName, Key: key, ...unchanged(version) } },
    ];
    if (changed) {
      const activation = { gameCode, number: (newest?.number ?? 0) + 1, hash, activatedAtMs };
      writes.push({ Put: await signedPut(this.#table, encodeActivation(activation), undefined) });
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
    const [before, game] = await Promise.all([
      this.#get(gameVersionKeys.version(gameCode, hash)),
      this.#get(registryKeys.game(gameCode)),
    ]);
    if (!before) throw unknownVersion(gameCode, hash);
    const version = decodeGameVersion(before);
    if (version.retiredAtMs !== undefined) return false;
    if (game && decodeGame(game).engineHash === hash) {
      throw refused(`The version ${hash} of ${gameCode} is the active one; activate another first`);
    }
    const Key = registryKeys.game(gameCode);
    await this.#write([
      { Put: await signedPut(this.#table, encodeGameVersion({ ...version, retiredAtMs }), before) },
      { ConditionCheck: { TableName: this.#table.tableName, Key, ...unchanged(game) } },
    ]);
    return true;
  }

  #get(key: ConfigKey): Promise<NativeItem | undefined> {
    return readItem(this.#table, key, { ConsistentRead: true });
  }

  async #write(writes: TransactionWrites): Promise<void> {
    if (await conditionalTransaction(this.#table.client, writes)) return;
    throw refused('Somebody else changed the versions of the game just now; look again');
  }
}

function unknownVersion(gameCode: GameCode, hash: string): FaultError {
  return refused(`There is no version ${hash} of ${gameCode}`);
}

function refused(why: string): FaultError {
  return new FaultError('MISCONFIGURED', why);
}
