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

/** After this time a process asks KMS again. Then a key that was disabled there stops working here, too. */
const LIFE_MS = 15 * 60 * 1000;
/** No round stays in the ledger for so many months. */
const MAX_ENTRIES = 64;
const KEY_BYTES = 32;

/** The encrypted keys are kept here. */
export interface EncryptedKeys {
  get(keyId: number): Promise<Uint8Array | undefined>;
  /** Stores a key unless one is there. @returns the key that is stored now: this one, or the one that was first */
  putIfAbsent(keyId: number, encryptedKey: Uint8Array): Promise<Uint8Array>;
}

interface Ports {
  readonly kms: KMSClient;
  readonly keyArn: string;
  readonly encryptedKeys: EncryptedKeys;
  readonly clock: Clock;
}

export interface DataKey {
  /** The key is for this month, such as 202611. */
  readonly keyId: number;
  readonly key: KeyObject;
}

/** Keeps one AES-256 key a month. KMS makes it; it is stored encrypted, and it is plain only in memory. */
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

  /**
   * Gives the key of the present month (UTC), and makes it at its first use. @throws DependencyError SERVICE_UNAVAILABLE
   */
  async current(): Promise<DataKey> {
    const keyId = monthOf(this.#ports.clock.nowMs());
    return { keyId, key: await this.of(keyId) };
  }

  /** Gives the key of a month, and makes it at its first use. @throws DependencyError SERVICE_UNAVAILABLE */
  async of(keyId: number): Promise<KeyObject> {
    return (await this.byId(keyId)) ?? this.#create(keyId);
  }

  /**
   * Gives the key of another month, where there is one.
   * @throws DependencyError SERVICE_UNAVAILABLE, FaultError CORRUPT_RECORD where KMS does not know the stored bytes
   */
  byId(keyId: number): Promise<KeyObject | undefined> {
    return this.#plain.read(String(keyId), async () => {
      const encryptedKey = await this.#ports.encryptedKeys.get(keyId);
      return encryptedKey && this.#decrypt(keyId, encryptedKey);
    });
  }

  /** The stored key is the one that counts, so it is decrypted before anything is sealed under it. */
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

/** Writes year and month in decimal digits, which people can read in the table. */
export function monthOf(nowMs: number): number {
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
