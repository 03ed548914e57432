import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { FaultError } from '../../foundation/errors.ts';
import type { Clock } from '../../foundation/clock.ts';
import { awsCall, unavailable } from '../../aws/aws-call.ts';
import { ExpiringCache } from '../../foundation/expiring-cache.ts';

/** After this long a process asks KMS again, so that a key that was disabled there stops to work here. */
const LIFE_MS = 15 * 60 * 1000;
/** More months than any round stays in the ledger. */
const MAX_ENTRIES = 64;
const KEY_BYTES = 32;

/** Where the encrypted keys are kept. */
export interface EncryptedKeys {
  get(keyId: number): Promise<Uint8Array | undefined>;
  /** @returns the key that is stored now: this one, or that of whoever was first */
  putIfAbsent(keyId: number, encryptedKey: Uint8Array): Promise<Uint8Array>;
}

interface Ports {
  readonly kms: KMSClient;
  readonly keyArn: string;
  readonly encryptedKeys: EncryptedKeys;
  readonly clock: Clock;
}

export interface DataKey {
  /** The month that the key is for: 202611. */
  readonly keyId: number;
  readonly key: KeyObject;
}

/** One AES-256 key a month: made by KMS, stored encrypted, plain only in memory. */
export class KmsDataKeys {
  readonly #ports: Ports;
  readonly #plain: ExpiringCache<KeyObject | undefined>;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#plain = new ExpiringCache({
      clock: ports.clock,
      maxEntries: MAX_ENTRIES,
      lifeMs: (key) => (key ? LIFE_MS : 0),
    });
  }

  /** The key of the present month (UTC), made if this is its first use. @throws DependencyError SERVICE_UNAVAILABLE */
  async current(): Promise<DataKey> {
    const keyId = monthOf(this.#ports.clock.nowMs());
    return { keyId, key: (await this.byId(keyId)) ?? (await this.#create(keyId)) };
  }

  /** @throws DependencyError SERVICE_UNAVAILABLE, FaultError CORRUPT_RECORD where KMS does not know the stored bytes */
  byId(keyId: number): Promise<KeyObject | undefined> {
    return this.#plain.read(String(keyId), async () => {
      const encryptedKey = await this.#ports.encryptedKeys.get(keyId);
      return encryptedKey && this.#decrypt(keyId, encryptedKey);
    });
  }

  /** What counts is what is stored, so that is decrypted before anything is sealed under it. */
  async #create(keyId: number): Promise<KeyObject> {
    const { kms, keyArn, encryptedKeys } = this.#ports;
    const { CiphertextBlob } = await awsCall('KMS', () =>
      kms.send(
        new GenerateDataKeyCommand({
          KeyId: keyArn,
          KeySpec: 'AES_256',
          EncryptionContext: encryptionContext(keyId),
        }),
      ),
    );
    if (!CiphertextBlob) throw unavailable('KMS');
    return this.#decrypt(keyId, await encryptedKeys.putIfAbsent(keyId, CiphertextBlob));
  }

  async #decrypt(keyId: number, encryptedKey: Uint8Array): Promise<KeyObject> {
    const { kms, keyArn } = this.#ports;
    const command = new DecryptCommand({
      KeyId: keyArn,
      CiphertextBlob: encryptedKey,
      EncryptionContext: encryptionContext(keyId),
    });
    const { Plaintext } = await awsCall('KMS', async () => {
      try {
        return await kms.send(command);
      } catch (error) {
        throw isCorruption(error) ? corrupt(keyId, error) : error;
      }
    });
    if (Plaintext?.length !== KEY_BYTES) throw corrupt(keyId);
    return createSecretKey(Plaintext);
  }
}

/** A year and month in decimal digits, which people can read in the table. */
function monthOf(nowMs: number): number {
  const now = new Date(nowMs);
  return now.getUTCFullYear() * 100 + now.getUTCMonth() + 1;
}

function encryptionContext(keyId: number): Record<string, string> {
  return { purpose: 'rgs-data-key', keyId: String(keyId) };
}

function isCorruption(error: unknown): boolean {
  return error instanceof InvalidCiphertextException || error instanceof IncorrectKeyException;
}

function corrupt(keyId: number, cause?: unknown): FaultError {
  return new FaultError('CORRUPT_RECORD', `The stored data key ${keyId} cannot be decrypted`, { cause });
}
