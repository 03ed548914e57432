import * as z from 'zod';
import { FaultError } from '../../foundation/errors.ts';
import type { Game } from '../game.ts';
import type { EngineVersion } from '../../engines/engine-version.ts';
import { type GameCode, type OperatorId, Sha256Hex } from '../../foundation/ids.ts';
import type { Operator } from '../../operators/operator.ts';
import type { RegistryAdmin } from '../registry.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { conditionalTransaction, type TransactionWrites } from '../../aws/conditional-transaction.ts';
import { type ConfigKey, type ConfigTable, readItem } from './config-table.ts';
import { signedPut } from './config-writes.ts';
import { decodeEngineVersion, encodeEngineVersion, engineVersionKey } from './engine-versions.ts';
import {
  decodeGame,
  decodeOperator,
  encodeGame,
  encodeOperator,
  encodeOperatorKey,
  ownerOfKey,
  registryKeys,
} from './registry-items.ts';
import { stored } from '../../aws/stored.ts';

export interface OperatorChange {
  readonly operator: Operator;
  /** The operator keeps its key where this is undefined. */
  readonly newKeyHash: string | undefined;
}

/**
 * Writes the configuration table. An entry that could not be read back is refused before it is written. So is one in the
 * place of an entry that somebody has changed without signing it.
 */
export class DynamoRegistryAdmin implements RegistryAdmin {
  readonly #table: ConfigTable;

  constructor(table: ConfigTable) {
    this.#table = table;
  }

  /**
   * Registers an operator, or replaces it. It keeps its key unless the hash of a new one is given; the old key then stops
   * working. Its item stays, so that whoever puts it back as it was is seen. The operator keeps all of its wallets, because
   * rounds may name them.
   * @throws FaultError MISCONFIGURED where the key belongs to another operator or is missing, or where a wallet is left out
   */
  async putOperator(operator: Operator, newKeyHash?: string): Promise<void> {
    const change = { operator, newKeyHash };
    assertReadable(change);
    await this.changeOperator(operator.operatorId, async () => change);
  }

  /** Reads an operator as it is registered now. @throws FaultError CORRUPT_RECORD where it is not as it was signed */
  async operator(operatorId: OperatorId): Promise<Operator | undefined> {
    const item = await this.#before(registryKeys.operator(operatorId));
    return item && decodeOperator(item);
  }

  /**
   * Puts what `change` makes of the operator as it is registered now.
   * @returns what `change` returned
   * @throws FaultError MISCONFIGURED as `putOperator` does, and where somebody else has changed the operator meanwhile
   */
  async changeOperator<Change extends OperatorChange>(
    operatorId: OperatorId,
    change: (known: Operator | undefined) => Promise<Change>,
  ): Promise<Change> {
    const before = await this.#before(registryKeys.operator(operatorId));
    const changed = await change(before && decodeOperator(before));
    assertReadable(changed);
    const { operator, newKeyHash } = changed;
    const known = before && stored(RegisteredItem, before, 'An operator');
    const keyHash = newKeyHash ?? known?.keyHash;
    if (keyHash === undefined) throw new FaultError('MISCONFIGURED', 'A new operator needs a key');
    assertKeepsWallets(operator, known);
    const writes: TransactionWrites = [
      { Put: await signedPut(this.#table, encodeOperator(operator, keyHash), before) },
      { Put: await this.#keyPut(keyHash, operatorId) },
    ];
    if (known && known.keyHash !== keyHash) {
      const replacedAtMs = BigInt(this.#table.clock.nowMs());
      writes.push({ Put: await this.#keyPut(known.keyHash, operatorId, { replacedAtMs }) });
    }
    await this.#write(writes);
    return changed;
  }

  async putGame(game: Game): Promise<void> {
    const item = encodeGame(game);
    decodeGame(item);
    await this.#put(registryKeys.game(game.gameCode), item);
  }

  async switchOperator(operatorId: OperatorId, enabled: boolean): Promise<void> {
    await this.#switch(registryKeys.operator(operatorId), enabled);
  }

  async switchGame(gameCode: GameCode, enabled: boolean): Promise<void> {
    await this.#switch(registryKeys.game(gameCode), enabled);
  }

  async putEngineVersion(version: EngineVersion): Promise<void> {
    const item = encodeEngineVersion(version);
    decodeEngineVersion(item);
    await this.#put(engineVersionKey(version.hash), item);
  }

  async #keyPut(keyHash: string, operatorId: OperatorId, replaced: { readonly replacedAtMs?: bigint } = {}) {
    const before = await this.#before(registryKeys.operatorKey(keyHash));
    if (before && ownerOfKey(before) !== operatorId) {
      throw new FaultError('MISCONFIGURED', 'The key belongs to another operator');
    }
    return signedPut(this.#table, { ...encodeOperatorKey(keyHash, operatorId), ...replaced }, before);
  }

  async #switch(key: ConfigKey, enabled: boolean): Promise<void> {
    const before = await this.#before(key);
    if (!before) throw new FaultError('MISCONFIGURED', 'There is no such entry');
    await this.#write([{ Put: await signedPut(this.#table, { ...before, enabled }, before) }]);
  }

  #before(key: ConfigKey): Promise<NativeItem | undefined> {
    return readItem(this.#table, key, { ConsistentRead: true });
  }

  async #put(key: ConfigKey, item: NativeItem): Promise<void> {
    await this.#write([{ Put: await signedPut(this.#table, item, await this.#before(key)) }]);
  }

  async #write(writes: TransactionWrites): Promise<void> {
    if (await conditionalTransaction(this.#table.client, writes)) return;
    throw new FaultError('MISCONFIGURED', 'Somebody else changed the entry just now; look again');
  }
}

function assertReadable({ operator, newKeyHash }: OperatorChange): void {
  if (newKeyHash !== undefined) stored(Sha256Hex, newKeyHash, 'The hash of a key');
  decodeOperator(encodeOperator(operator, newKeyHash ?? ''));
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
