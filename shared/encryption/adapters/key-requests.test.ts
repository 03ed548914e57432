import { createSecretKey } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { IncorrectKeyException, InvalidCiphertextException, type KMSClient } from '@aws-sdk/client-kms';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { KmsCipher } from './cipher.ts';
import { DataKeyItems } from './data-key-items.ts';
import { KmsDataKeys } from './data-keys.ts';

const nowMs = Date.UTC(2026, 0, 31, 23, 59);
const encrypted = new Uint8Array([1, 2, 3]);
const EncryptionContext = { purpose: 'rgs-data-key', keyId: '202601' };

/** A KMS that gives these answers one after the other, and a table with or without a key. */
function keysWith(stored: Uint8Array | undefined, ...answers: (object | Error)[]) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: object }) => {
    asked.push(input);
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const keys = new KmsDataKeys({
    kms: { send } as unknown as KMSClient,
    keyArn: 'arn',
    encryptedKeys: { get: async () => stored, putIfAbsent: async (_, key) => key },
    clock: { nowMs: () => nowMs },
  });
  return { asked, keys };
}

describe('a data key', () => {
  it('is bound to its purpose and its month, in words that stay for ever', async () => {
    const { keys, asked } = keysWith(encrypted, { Plaintext: new Uint8Array(32) });
    expect((await keys.current()).keyId).toBe(202_601);
    expect(asked).toEqual([{ KeyId: 'arn', CiphertextBlob: encrypted, EncryptionContext }]);
  });

  it('is made for AES-256 where the month has none, and is decrypted before it is used', async () => {
    const made = { CiphertextBlob: encrypted };
    const { keys, asked } = keysWith(undefined, made, { Plaintext: new Uint8Array(32) });
    await keys.current();
    expect(asked).toEqual([
      { KeyId: 'arn', KeySpec: 'AES_256', EncryptionContext },
      { KeyId: 'arn', CiphertextBlob: encrypted, EncryptionContext },
    ]);
  });

  it('is unavailable where KMS makes none', async () => {
    await expect(keysWith(undefined, {}).keys.current()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  it.each([{}, { Plaintext: new Uint8Array(31) }, { Plaintext: new Uint8Array(33) }])(
    'is corrupt where it has not 32 bytes: %o',
    async (answer) => {
      await expect(keysWith(encrypted, answer).keys.byId(202_601)).rejects.toMatchObject({
        code: 'CORRUPT_RECORD',
      });
    },
  );

  it.each([
    new InvalidCiphertextException({ message: 'No', $metadata: {} }),
    new IncorrectKeyException({ message: 'No', $metadata: {} }),
  ])('is corrupt where KMS does not know its bytes, and the error has the cause: $name', async (cause) => {
    await expect(keysWith(encrypted, cause).keys.byId(202_601)).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
      cause,
    });
  });
});

describe('the table of data keys', () => {
  function tableOf(answer: object | Error) {
    const asked: unknown[] = [];
    const send = async ({ input }: { input: unknown }) => {
      asked.push(input);
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { items: new DataKeyItems({ send } as unknown as DynamoDBDocumentClient, 'configuration'), asked };
  }

  it('is read itself, because a replica may not know a key that has just been made', async () => {
    const { items, asked } = tableOf({ Item: { encryptedKey: encrypted } });
    expect(await items.get(202_601)).toEqual(encrypted);
    expect(asked).toEqual([
      { TableName: 'configuration', Key: { pk: 'data-key#202601', sk: 'data-key' }, ConsistentRead: true },
    ]);
  });

  it.each([{ encryptedKey: new Uint8Array() }, { encryptedKey: [1, 2, 3] }, {}])(
    'refuses an item that holds no key: %o',
    async (Item) => {
      await expect(tableOf({ Item }).items.get(202_601)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    },
  );

  it('reports a fault where a key is refused and no key is in its place', async () => {
    const refused = new ConditionalCheckFailedException({ message: 'No', $metadata: {} });
    await expect(tableOf(refused).items.putIfAbsent(202_601, encrypted)).rejects.toMatchObject({
      code: 'INTERNAL_ERROR',
    });
  });
});

describe('sealed bytes', () => {
  const key = createSecretKey(new Uint8Array(32).fill(3));
  const asked: number[] = [];
  const cipher = new KmsCipher(
    {
      current: async () => ({ keyId: 202_601, key }),
      byId: async (keyId) => {
        asked.push(keyId);
        return keyId === 202_601 ? key : undefined;
      },
    },
    { bytes: (length) => new Uint8Array(length).fill(5), uuid: () => '' },
  );

  it('keep their form, because every later build opens what was sealed once', async () => {
    const sealed = await cipher.seal(new TextEncoder().encode('seed'), 'demo#player123#coin#1#start');
    expect(Buffer.from(sealed).toString('hex')).toBe(
      '0100031769050505050505050505050505aa5c9816ab3ca6f590a1988a4428a55da47c0e43',
    );
  });

  it('are opened where they hold nothing but version, key, IV and tag, and are refused with a byte less', async () => {
    const empty = await cipher.seal(new Uint8Array(), 'here');
    expect(empty).toHaveLength(33);
    expect(await cipher.open(empty, 'here')).toEqual(new Uint8Array());
    asked.length = 0;
    await expect(cipher.open(empty.subarray(0, 32), 'here')).rejects.toMatchObject({
      code: 'CORRUPT_RECORD',
    });
    const otherVersion = empty.with(0, 2);
    await expect(cipher.open(otherVersion, 'here')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
    expect(asked).toEqual([]);
  });

  it('are refused where nobody has their key', async () => {
    const sealed = await cipher.seal(new Uint8Array([1]), 'here');
    await expect(cipher.open(sealed.with(4, 0), 'here')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
  });
});
