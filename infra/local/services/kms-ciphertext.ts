import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * A ciphertext blob names its key, as KMS's does:
 * version (1 byte) | length of the key id (1 byte) | key id | nonce (12) | ciphertext | tag (16).
 */
const VERSION = 1;
const HEADER_BYTES = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type EncryptionContext = Readonly<Record<string, string>>;

export interface Ciphertext {
  readonly keyId: string;
  /** Undefined where the master key, the context or a single bit is not the one it was sealed with. */
  decrypt(master: Buffer, context: EncryptionContext): Buffer | undefined;
}

export function seal(keyId: string, master: Buffer, plaintext: Buffer, context: EncryptionContext): Buffer {
  const name = Buffer.from(keyId, 'utf8');
  const header = Buffer.concat([Buffer.from([VERSION, name.length]), name]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(additionalData(header, context));
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where the bytes are no ciphertext of this service. */
export function openCiphertext(blob: Buffer): Ciphertext | undefined {
  const headerBytes = HEADER_BYTES + (blob[1] ?? 0);
  if (blob[0] !== VERSION || blob.length < headerBytes + NONCE_BYTES + TAG_BYTES) return undefined;
  return {
    keyId: blob.toString('utf8', HEADER_BYTES, headerBytes),
    decrypt: (master, context) => decrypt(blob, headerBytes, master, context),
  };
}

function decrypt(
  blob: Buffer,
  headerBytes: number,
  master: Buffer,
  context: EncryptionContext,
): Buffer | undefined {
  const bodyStart = headerBytes + NONCE_BYTES;
  const tagStart = blob.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', master, blob.subarray(headerBytes, bodyStart), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(blob.subarray(0, headerBytes), context));
  decipher.setAuthTag(blob.subarray(tagStart));
  try {
    return Buffer.concat([decipher.update(blob.subarray(bodyStart, tagStart)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The context's order does not count, so its pairs are sorted; JSON keeps them apart. */
function additionalData(header: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs), 'utf8')]);
}
