import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
  ListKeysCommand,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { startKms } from './kms.ts';
import { clientOptions, started, temporaryFolder } from '../../../test/kit/services.ts';

const KEY = '277ef228-415a-910f-f943-2ab769ca55f2';
const OTHER_KEY = '00000000-0000-4000-8000-000000000000';
const ARN = `arn:aws:kms:us-east-1:000000000000:key/${KEY}`;
const EncryptionContext = { table: 'config', item: 'data-key' };

async function open(dataDirectory = temporaryFolder()) {
  const kms = await started(startKms(dataDirectory));
  kms.ensureKey(KEY);
  return { kms, dataDirectory, client: new KMSClient(clientOptions(kms.endpoint)) };
}

describe('the local KMS', () => {
  it('gives data keys back to whoever has the ciphertext and its context', async () => {
    const { client } = await open();
    const made = await client.send(
      new GenerateDataKeyCommand({ KeyId: ARN, KeySpec: 'AES_256', EncryptionContext }),
    );
    expect(made.Plaintext).toHaveLength(32);
    expect(made.KeyId).toBe(ARN);
    const reordered = { item: 'data-key', table: 'config' };
    const { Plaintext } = await client.send(
      new DecryptCommand({ KeyId: ARN, CiphertextBlob: made.CiphertextBlob, EncryptionContext: reordered }),
    );
    expect(Plaintext).toEqual(made.Plaintext);
  });

  it('makes another data key each time', async () => {
    const { client } = await open();
    const make = () => client.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }));
    const [first, second] = [await make(), await make()];
    expect(first.Plaintext).not.toEqual(second.Plaintext);
    expect(first.CiphertextBlob).not.toEqual(second.CiphertextBlob);
  });

  it.each([
    ['KeySpec', new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_128' })],
    ['NumberOfBytes', new GenerateDataKeyCommand({ KeyId: KEY, NumberOfBytes: 48 })],
    ['GrantTokens', new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256', GrantTokens: ['x'] })],
    ['KeyId', new DecryptCommand({ CiphertextBlob: Buffer.alloc(80) })],
  ] as const)('refuses a call for its %s, which the product never makes so', async (name, command) => {
    const { client } = await open();
    await expect(client.send(command as DecryptCommand)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(name),
    });
  });

  it('refuses another context, none at all, and a changed ciphertext', async () => {
    const { client } = await open();
    const made = await client.send(
      new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256', EncryptionContext }),
    );
    const decrypt = (blob: Uint8Array | undefined, context?: Record<string, string>) =>
      client.send(new DecryptCommand({ KeyId: KEY, CiphertextBlob: blob, EncryptionContext: context }));
    await expect(decrypt(made.CiphertextBlob, { table: 'config', item: 'other' })).rejects.toThrow(
      InvalidCiphertextException,
    );
    await expect(decrypt(made.CiphertextBlob)).rejects.toThrow(InvalidCiphertextException);
    const blob = made.CiphertextBlob ?? new Uint8Array();
    for (const at of [0, 1, 10, blob.length - 30, blob.length - 1]) {
      const changed = Uint8Array.from(blob, (byte, index) => (index === at ? byte ^ 1 : byte));
      await expect(decrypt(changed, EncryptionContext)).rejects.toThrow(InvalidCiphertextException);
    }
    await expect(decrypt(blob.subarray(0, 20), EncryptionContext)).rejects.toThrow(
      InvalidCiphertextException,
    );
  });

  it('refuses a ciphertext of another key than the one named', async () => {
    const { client, kms } = await open();
    kms.ensureKey(OTHER_KEY);
    const made = await client.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }));
    const decrypt = new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, KeyId: OTHER_KEY });
    await expect(client.send(decrypt)).rejects.toThrow(IncorrectKeyException);
  });

  it('refuses a ciphertext whose master key is not on this machine', async () => {
    const [here, elsewhere] = [await open(), await open()];
    const made = await elsewhere.client.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }));
    const decrypt = new DecryptCommand({ KeyId: KEY, CiphertextBlob: made.CiphertextBlob });
    await expect(here.client.send(decrypt)).rejects.toThrow(InvalidCiphertextException);
  });

  it('describes the keys it has and no others', async () => {
    const { client } = await open();
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: ARN }));
    expect(KeyMetadata).toMatchObject({ KeyId: KEY, Arn: ARN, Enabled: true, KeyState: 'Enabled' });
    await expect(client.send(new DescribeKeyCommand({ KeyId: OTHER_KEY }))).rejects.toThrow(
      NotFoundException,
    );
  });

  it('keeps its master keys over a restart, in files that only their owner reads', async () => {
    const first = await open();
    const made = await first.client.send(
      new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256', EncryptionContext }),
    );
    await first.kms.stop();
    expect(readdirSync(first.dataDirectory)).toEqual([`${KEY}.key`]);
    expect(statSync(join(first.dataDirectory, `${KEY}.key`)).mode & 0o777).toBe(0o600);
    const second = await open(first.dataDirectory);
    const decrypt = new DecryptCommand({
      KeyId: KEY,
      CiphertextBlob: made.CiphertextBlob,
      EncryptionContext,
    });
    expect((await second.client.send(decrypt)).Plaintext).toEqual(made.Plaintext);
  });

  it('does not start with half a master key', async () => {
    const dataDirectory = temporaryFolder();
    writeFileSync(join(dataDirectory, `${KEY}.key`), Buffer.alloc(16));
    await expect(startKms(dataDirectory)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });

  it.each([new ListKeysCommand({}), new EncryptCommand({ KeyId: KEY, Plaintext: Buffer.from('a') })])(
    'says that it does not know an operation',
    async (command) => {
      const { client } = await open();
      await expect(client.send(command as ListKeysCommand)).rejects.toMatchObject({
        name: 'UnknownOperationException',
      });
    },
  );
});
