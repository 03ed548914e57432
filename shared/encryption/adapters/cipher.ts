import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { FaultError } from '../../foundation/errors.ts';
import { keyFor } from './context-key.ts';
import type { Cipher } from '../cipher.ts';
import type { Random } from '../../foundation/random.ts';
import type { DataKey } from './data-keys.ts';

const LAYOUT_VERSION = 1;
const HEADER_BYTES = 5;
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface DataKeys {
  current(): Promise<DataKey>;
  byId(keyId: number): Promise<KeyObject | undefined>;
}

/**
 * Seals with AES-256-GCM under the month's data key. Sealed bytes are version (1), key id (4, big endian), IV (12),
 * ciphertext and tag (16). The header and the context are authenticated with the ciphertext.
 */
export class KmsCipher implements Cipher {
  readonly #keys: DataKeys;
  readonly #random: Random;

  constructor(keys: DataKeys, random: Random) {
    this.#keys = keys;
    this.#random = random;
  }

  async seal(plain: Uint8Array, context: string): Promise<Uint8Array> {
    const { keyId, key } = await this.#keys.current();
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(LAYOUT_VERSION, 0);
    header.writeUInt32BE(keyId, 1);
    const iv = this.#random.bytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', keyFor(key, context), iv);
    cipher.setAAD(additionalData(header, context));
    const body = [cipher.update(plain), cipher.final()];
    return new Uint8Array(Buffer.concat([header, iv, ...body, cipher.getAuthTag()]));
  }

  async open(sealed: Uint8Array, context: string): Promise<Uint8Array> {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
    if (bytes.length < HEADER_BYTES + IV_BYTES + TAG_BYTES || bytes[0] !== LAYOUT_VERSION) throw unreadable();
    const key = await this.#keys.byId(bytes.readUInt32BE(1));
    if (!key) throw unreadable();
    try {
      return decrypt(bytes, key, context);
    } catch (cause) {
      throw unreadable(cause);
    }
  }
}

function decrypt(bytes: Buffer, key: KeyObject, context: string): Uint8Array {
  const header = bytes.subarray(0, HEADER_BYTES);
  const iv = bytes.subarray(HEADER_BYTES, HEADER_BYTES + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyFor(key, context), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(header, context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const body = decipher.update(bytes.subarray(HEADER_BYTES + IV_BYTES, -TAG_BYTES));
  return new Uint8Array(Buffer.concat([body, decipher.final()]));
}

function additionalData(header: Uint8Array, context: string): Buffer {
  return Buffer.concat([header, Buffer.from(context, 'utf8')]);
}

function unreadable(cause?: unknown): FaultError {
  return new FaultError('CORRUPT_RECORD', 'Encrypted bytes are damaged or belong to another record', {
    cause,
  });
}
