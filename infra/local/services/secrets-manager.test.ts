import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { startSecretsManager } from './secrets-manager.ts';
import { clientOptions, started, temporaryFolder } from './testing.ts';

const Name = 'rgs/local/operator/acme/wallet';

async function open(dataDirectory = temporaryFolder()) {
  const service = await started(startSecretsManager({ dataDirectory }));
  const client = new SecretsManagerClient(clientOptions(service.endpoint));
  const read = async (request: { SecretId?: string; VersionStage?: string; VersionId?: string } = {}) =>
    (await client.send(new GetSecretValueCommand({ SecretId: Name, ...request }))).SecretString;
  return { service, client, dataDirectory, read };
}

describe('the local Secrets Manager', () => {
  it('gives a secret back by its name and by its ARN', async () => {
    const { client, read } = await open();
    const { ARN } = await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    expect(await read()).toBe('first');
    expect(await read({ SecretId: ARN ?? '' })).toBe('first');
  });

  it('keeps binary secrets byte for byte', async () => {
    const { client } = await open();
    await client.send(new CreateSecretCommand({ Name, SecretBinary: Uint8Array.of(0, 255, 10) }));
    const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: Name }));
    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 10]);
    expect(SecretString).toBeUndefined();
  });

  it('makes the newest value current and keeps the one before it as previous', async () => {
    const { client, read } = await open();
    const { VersionId } = await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'second' }));
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'third' }));
    expect(await read()).toBe('third');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('second');
    expect(await read({ VersionId: VersionId ?? '' })).toBe('first');
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: Name }));
    expect(
      Object.values(VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  it('takes a repeated request as the one it repeats', async () => {
    const { client, read } = await open();
    const ClientRequestToken = '11111111-2222-4333-8444-555555555555';
    const request = { SecretString: 'first', ClientRequestToken };
    const created = await client.send(new CreateSecretCommand({ Name, ...request }));
    expect(await client.send(new CreateSecretCommand({ Name, ...request }))).toMatchObject({
      VersionId: created.VersionId,
    });
    await client.send(new PutSecretValueCommand({ SecretId: Name, ...request }));
    expect(await read({ VersionStage: 'AWSCURRENT' })).toBe('first');
    const other = new PutSecretValueCommand({ SecretId: Name, SecretString: 'other', ClientRequestToken });
    await expect(client.send(other)).rejects.toThrow(ResourceExistsException);
  });

  it('refuses a second secret of the same name', async () => {
    const { client, read } = await open();
    await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    const again = new CreateSecretCommand({ Name, SecretString: 'second' });
    await expect(client.send(again)).rejects.toThrow(ResourceExistsException);
    expect(await read()).toBe('first');
  });

  it('does not find what was never made, nor a value that was never set', async () => {
    const { client, read } = await open();
    await expect(read()).rejects.toThrow(ResourceNotFoundException);
    await client.send(new CreateSecretCommand({ Name }));
    await expect(read()).rejects.toThrow(ResourceNotFoundException);
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'set' }));
    expect(await read()).toBe('set');
  });

  it('keeps every version over a restart', async () => {
    const first = await open();
    await first.client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    await first.client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'second' }));
    await first.service.stop();
    const second = await open(first.dataDirectory);
    expect(await second.read()).toBe('second');
    expect(await second.read({ VersionStage: 'AWSPREVIOUS' })).toBe('first');
  });

  it('says that it does not know an operation', async () => {
    const { client } = await open();
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});
