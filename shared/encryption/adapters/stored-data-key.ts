import type { KMSClient } from '@aws-sdk/client-kms';
import * as z from 'zod';
import type { NativeItem } from '../../aws/attribute-values.ts';
import { systemClock } from '../../aws/clock.ts';
import { stored } from '../../aws/stored.ts';
import { EncryptedKey } from './data-key-items.ts';
import { KmsDataKeys } from './data-keys.ts';

const PREFIX = 'data-key#';

const StoredDataKey = z.strictObject({
  pk: z.string().regex(/^data-key#\d{6}$/),
  sk: z.literal('data-key'),
  encryptedKey: EncryptedKey,
});

/** Says whether an item with this partition key is an encrypted data key. */
export function isDataKey(partitionKey: string): boolean {
  return partitionKey.startsWith(PREFIX);
}

/**
 * Gives the encrypted key of an item that somebody has stored. Only KMS makes a key that it decrypts for this month.
 * @throws FaultError CORRUPT_RECORD where KMS has not made it; DependencyError SERVICE_UNAVAILABLE
 */
export async function checkedDataKey(kms: KMSClient, keyArn: string, item: NativeItem): Promise<Uint8Array> {
  const { pk, encryptedKey } = stored(StoredDataKey, item, 'A data key');
  const encryptedKeys = { get: async () => encryptedKey, putIfAbsent: async () => encryptedKey };
  const keys = new KmsDataKeys({ kms, keyArn, encryptedKeys, clock: systemClock });
  await keys.byId(Number(pk.slice(PREFIX.length)));
  return encryptedKey;
}
