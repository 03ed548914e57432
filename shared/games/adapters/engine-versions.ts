import * as z from 'zod';
import type { EngineVersion } from '../../engines/engine-version.ts';
import { Sha256Hex } from '../../foundation/ids.ts';
import { ExpiringCache } from '../../foundation/expiring-cache.ts';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { type ConfigTable, readItem } from './config-table.ts';
import { stored, StoredAddress, StoredInstant } from '../../aws/stored.ts';

/** Every process knows after this time that a server has moved. */
const LIFE_MS = 30_000;
const MAX_ENTRIES = 1_000;

const EngineVersionItem = z
  .object({
    pk: z.string(),
    hash: Sha256Hex,
    engineId: z.string(),
    buildId: z.string(),
    publishedAtMs: StoredInstant.transform(Number),
    maxWinMillionths: z.bigint().min(0n).optional(),
    /** Versions without this field are modules. */
    remote: z.object({ url: StoredAddress, buildHash: Sha256Hex }).optional(),
  })
  .refine(({ pk, hash }) => pk === engineVersionKey(hash).pk, 'another key');

export const engineVersionKey = (hash: string) => ({ pk: `engine#${hash}`, sk: 'engine' });

export function encodeEngineVersion(version: EngineVersion): NativeItem {
  const { hash, engineId, buildId, publishedAtMs, maxWinMillionths, remote } = version;
  const item = {
    ...engineVersionKey(hash),
    hash,
    engineId,
    buildId,
    publishedAtMs: BigInt(publishedAtMs),
    ...(maxWinMillionths !== undefined && { maxWinMillionths }),
  };
  return remote ? { ...item, remote: { url: remote.url, buildHash: remote.buildHash } } : item;
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeEngineVersion(item: unknown): EngineVersion {
  const { pk: _, ...version } = stored(EngineVersionItem, item, 'An engine version');
  return version;
}

/** Reads from the configuration table where the engine of a hash is. Each process remembers it for some seconds. */
export function engineVersions(table: ConfigTable): (hash: string) => Promise<EngineVersion | undefined> {
  const known = new ExpiringCache<EngineVersion | undefined>({
    clock: table.clock,
    maxEntries: MAX_ENTRIES,
    lifeMs: () => LIFE_MS,
  });
  const read = async (hash: string): Promise<EngineVersion | undefined> => {
    const item = await readItem(table, engineVersionKey(hash));
    return item && decodeEngineVersion(item);
  };
  return (hash) => known.read(hash, () => read(hash));
}
