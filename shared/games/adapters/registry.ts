import type { Game } from '../game.ts';
import type { Operator } from '../../operators/operator.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Registry } from '../registry.ts';
import { type ConfigKey, type ConfigTable, listItems, readItem } from './config-table.ts';
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
  readonly #table: ConfigTable;
  readonly #operators: ExpiringCache<Operator | undefined>;
  readonly #keys: ExpiringCache<OperatorId | undefined>;
  readonly #games: ExpiringCache<Game | undefined>;
  readonly #allGames: ExpiringCache<Game[]>;

  constructor(table: ConfigTable) {
    this.#table = table;
    this.#operators = remembered(table.clock);
    this.#keys = remembered(table.clock);
    this.#games = remembered(table.clock);
    this.#allGames = remembered(table.clock);
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
    return this.#allGames.read(GAMES, async () => (await listItems(this.#table, GAMES)).map(decodeGame));
  }

  async #read<T>(
    key: ConfigKey,
    decode: (item: unknown) => T,
    options: { readonly ConsistentRead?: true } = {},
  ): Promise<T | undefined> {
    const item = await readItem(this.#table, key, options);
    return item && decode(item);
  }
}

function remembered<T>(clock: Clock): ExpiringCache<T> {
  const isAbsent = (value: T) => value === undefined || (Array.isArray(value) && value.length === 0);
  const lifeMs = (value: T) => (isAbsent(value) ? ABSENT_LIFE_MS : LIFE_MS);
  return new ExpiringCache({ clock, maxEntries: MAX_ENTRIES, lifeMs });
}
