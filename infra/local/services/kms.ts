import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError, operation, startAwsJson } from './aws-json.ts';
import { localArn } from './endpoints.ts';
import { type MasterKeys, openMasterKeys } from './kms-master-keys.ts';
import type { RunningService } from './loopback.ts';

export interface Kms extends RunningService {
  /** Makes the key answer under this id; its master key is made once and kept. */
  ensureKey(keyId: string): void;
}

const context = z.record(z.string().min(1), z.string()).default({});

const generateDataKeyInput = z.strictObject({
  KeyId: z.string(),
  KeySpec: z.literal('AES_256'),
  EncryptionContext: context,
});
const decryptInput = z.strictObject({
  CiphertextBlob: z.base64().transform((text) => Buffer.from(text, 'base64')),
  KeyId: z.string(),
  EncryptionContext: context,
});
const DATA_KEY_BYTES = 32;

/** Serves data keys, sealed with real AES-256-GCM, over KMS's protocol. The folder has the master keys. */
export async function startKms(dataDirectory: string): Promise<Kms> {
  const keys = openMasterKeys(dataDirectory);
  const service = await startAwsJson({
    targetPrefix: 'TrentService',
    operations: {
      GenerateDataKey: operation(generateDataKeyInput, (input) => generateDataKey(keys, input)),
      Decrypt: operation(decryptInput, (input) => decrypt(keys, input)),
      DescribeKey: operation(z.strictObject({ KeyId: z.string() }), ({ KeyId }) => {
        const { keyId } = find(keys, KeyId);
        return { KeyMetadata: { KeyId: keyId, Arn: arnOf(keyId), Enabled: true, KeyState: 'Enabled' } };
      }),
    },
  });
  return { ...service, ensureKey: (keyId) => keys.ensure(keyId) };
}

function generateDataKey(keys: MasterKeys, input: z.output<typeof generateDataKeyInput>) {
  const { keyId, master } = find(keys, input.KeyId);
  const plaintext = randomBytes(DATA_KEY_BYTES);
  return {
    KeyId: arnOf(keyId),
    Plaintext: plaintext.toString('base64'),
    CiphertextBlob: seal(keyId, master, plaintext, input.EncryptionContext).toString('base64'),
  };
}

function decrypt(keys: MasterKeys, { KeyId, CiphertextBlob, ...input }: z.output<typeof decryptInput>) {
  const { keyId, master } = find(keys, KeyId);
  const sealedBy = keyOf(CiphertextBlob);
  // As in AWS, a ciphertext of another key gets another error than one that was changed.
  if (sealedBy !== undefined && sealedBy !== keyId && keys.get(sealedBy))
    throw new AwsError('IncorrectKeyException', 'The ciphertext is of another key than the one named');
  const plaintext =
    sealedBy === keyId ? open(CiphertextBlob, keyId, master, input.EncryptionContext) : undefined;
  if (!plaintext)
    throw new AwsError('InvalidCiphertextException', 'The ciphertext or its encryption context was changed');
  return {
    KeyId: arnOf(keyId),
    Plaintext: plaintext.toString('base64'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

/** A key is named by its id or its ARN. */
function find(keys: MasterKeys, name: string): { keyId: string; master: Buffer } {
  const keyId = name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name;
  const master = keys.get(keyId);
  if (!master) throw new AwsError('NotFoundException', `Key '${name}' does not exist`);
  return { keyId, master };
}

const arnOf = (keyId: string) => localArn('kms', `key/${keyId}`);

/**
 * A ciphertext names its key, as KMS's does:
 * version (1 byte) | length of the key id (1 byte) | key id | nonce (12) | ciphertext | tag (16).
 */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type EncryptionContext = Readonly<Record<string, string>>;

function seal(
  keyId: string,
  master: Buffer,
  plaintext: Buffer,
  encryptionContext: EncryptionContext,
): Buffer {
  const header = headerOf(keyId);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(additionalData(header, encryptionContext));
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where the bytes are no ciphertext of this service. */
function keyOf(blob: Buffer): string | undefined {
  const headerBytes = 2 + (blob[1] ?? 0);
  if (blob[0] !== VERSION || blob.length < headerBytes + NONCE_BYTES + TAG_BYTES) return undefined;
  return blob.toString('utf8', 2, headerBytes);
}

/** Undefined where the master key, the context or a single bit is not the one it was sealed with. */
function open(
  blob: Buffer,
  keyId: string,
  master: Buffer,
  encryptionContext: EncryptionContext,
): Buffer | undefined {
  const header = headerOf(keyId);
  const bodyStart = header.length + NONCE_BYTES;
  const nonce = blob.subarray(header.length, bodyStart);
  const decipher = createDecipheriv('aes-256-gcm', master, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(header, encryptionContext));
  decipher.setAuthTag(blob.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(bodyStart, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function headerOf(keyId: string): Buffer {
  const name = Buffer.from(keyId, 'utf8');
  return Buffer.concat([Buffer.from([VERSION, name.length]), name]);
}

/** The context's order does not count, so its pairs are sorted; JSON keeps them apart. */
function additionalData(header: Buffer, encryptionContext: EncryptionContext): Buffer {
  const pairs = Object.entries(encryptionContext).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs), 'utf8')]);
}
