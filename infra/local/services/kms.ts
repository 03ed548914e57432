import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError, operation, startAwsJson } from './aws-json.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './endpoints.ts';
import { openCiphertext, seal } from './kms-ciphertext.ts';
import { type MasterKeys, openMasterKeys } from './kms-master-keys.ts';
import type { RunningService } from './loopback.ts';

export interface Kms extends RunningService {
  /** Makes the key answer under this id; its master key is made once and kept. */
  ensureKey(keyId: string): void;
}

export interface KmsOptions {
  /** Folder of the master keys. */
  readonly dataDirectory: string;
  readonly port?: number;
}

/** KMS refuses longer plaintexts: it is for keys, not for data. */
const MAX_PLAINTEXT_BYTES = 4096;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const context = z.record(z.string().min(1), z.string()).default({});
const KEY_BYTES = { AES_128: 16, AES_256: 32 } as const;

/** Serves symmetric keys with real AES-256-GCM over KMS's protocol. */
export async function startKms(options: KmsOptions): Promise<Kms> {
  const keys = openMasterKeys(options.dataDirectory);
  const service = await startAwsJson({
    targetPrefix: 'TrentService',
    operations: operations(keys),
    port: options.port,
  });
  return { ...service, ensureKey: (keyId) => keys.ensure(keyId) };
}

function operations(keys: MasterKeys) {
  return {
    GenerateDataKey: operation(generateDataKeyInput, (input) => generateDataKey(keys, input)),
    Encrypt: operation(encryptInput, (input) => {
      const { keyId, master } = find(keys, input.KeyId);
      return {
        KeyId: arnOf(keyId),
        CiphertextBlob: seal(keyId, master, input.Plaintext, input.EncryptionContext).toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    }),
    Decrypt: operation(decryptInput, (input) => decrypt(keys, input)),
    DescribeKey: operation(z.object({ KeyId: z.string() }), (input) => describe(find(keys, input.KeyId))),
  };
}

const generateDataKeyInput = z
  .object({
    KeyId: z.string(),
    KeySpec: z.enum(['AES_128', 'AES_256']).optional(),
    NumberOfBytes: z.int().min(1).max(1024).optional(),
    EncryptionContext: context,
  })
  .refine(
    (input) => (input.KeySpec === undefined) !== (input.NumberOfBytes === undefined),
    'Give either KeySpec or NumberOfBytes',
  );

const encryptInput = z.object({
  KeyId: z.string(),
  Plaintext: base64.refine(
    (bytes) => bytes.length >= 1 && bytes.length <= MAX_PLAINTEXT_BYTES,
    'Plaintext has 1 to 4096 bytes',
  ),
  EncryptionContext: context,
});

const decryptInput = z.object({
  CiphertextBlob: base64,
  KeyId: z.string().optional(),
  EncryptionContext: context,
});

function generateDataKey(keys: MasterKeys, input: z.output<typeof generateDataKeyInput>) {
  const { keyId, master } = find(keys, input.KeyId);
  const plaintext = randomBytes(input.KeySpec ? KEY_BYTES[input.KeySpec] : (input.NumberOfBytes ?? 0));
  return {
    KeyId: arnOf(keyId),
    Plaintext: plaintext.toString('base64'),
    CiphertextBlob: seal(keyId, master, plaintext, input.EncryptionContext).toString('base64'),
  };
}

function decrypt(keys: MasterKeys, input: z.output<typeof decryptInput>) {
  const ciphertext = openCiphertext(input.CiphertextBlob);
  const master = ciphertext && keys.get(ciphertext.keyId);
  if (!ciphertext || !master)
    throw new AwsError('InvalidCiphertextException', 'The ciphertext is of no key on this machine');
  // As in AWS, a caller that names a key gets another error than one whose ciphertext or context is wrong.
  if (input.KeyId !== undefined && find(keys, input.KeyId).keyId !== ciphertext.keyId)
    throw new AwsError('IncorrectKeyException', 'The ciphertext is of another key than the one named');
  const plaintext = ciphertext.decrypt(master, input.EncryptionContext);
  if (!plaintext)
    throw new AwsError('InvalidCiphertextException', 'The ciphertext or its encryption context was changed');
  return {
    KeyId: arnOf(ciphertext.keyId),
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

function describe({ keyId }: { keyId: string }) {
  return {
    KeyMetadata: {
      AWSAccountId: LOCAL_ACCOUNT,
      KeyId: keyId,
      Arn: arnOf(keyId),
      Enabled: true,
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
      MultiRegion: false,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    },
  };
}

function arnOf(keyId: string): string {
  return `arn:aws:kms:${LOCAL_REGION}:${LOCAL_ACCOUNT}:key/${keyId}`;
}
