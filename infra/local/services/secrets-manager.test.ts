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
import { clientOptions, started, temporaryFolder } from '../../../test/kit/services.ts';

const Name = 'rgs/local/operator/acme/wallet';

async function open(dataDirectory = temporaryFolder()) {
  const service = await started(startSecretsManager(dataDirectory));
  const client = new SecretsManagerClient(clientOptions(service.endpoint));
  const read = async () => (await client.send(new GetSecretValueCommand({ SecretId: Name }))).SecretString;
  return { service, client, dataDirectory, read };
}

describe('the local Secrets Manager', () => {
  it('gives a secret back by its name', async () => {
    const { client, read } = await open();
    await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    expect(await read()).toBe('first');
  });

  it('keeps binary secrets byte for byte', async () => {
    const { client } = await open();
    await client.send(new CreateSecretCommand({ Name, SecretBinary: Uint8Array.of(0, 255, 10) }));
    const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: Name }));
    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 10]);
    expect(SecretString).toBeUndefined();
  });

  it('gives the newest value', async () => {
    const { client, read } = await open();
    await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'second' }));
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'third' }));
    expect(await read()).toBe('third');
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
    expect(await read()).toBe('first');
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

  it('does not find what was never made, and writes no value to it', async () => {
    const { client, read } = await open();
    await expect(read()).rejects.toThrow(ResourceNotFoundException);
    const put = new PutSecretValueCommand({ SecretId: Name, SecretString: 'set' });
    await expect(client.send(put)).rejects.toThrow(ResourceNotFoundException);
  });

  it.each([
    ['Description', new CreateSecretCommand({ Name, SecretString: 's', Description: 'd' })],
    ['SecretString', new CreateSecretCommand({ Name })],
    ['VersionStages', new PutSecretValueCommand({ SecretId: Name, SecretString: 's', VersionStages: ['x'] })],
    ['VersionStage', new GetSecretValueCommand({ SecretId: Name, VersionStage: 'AWSPREVIOUS' })],
    ['VersionId', new GetSecretValueCommand({ SecretId: Name, VersionId: 'x'.repeat(32) })],
  ] as const)('refuses a call for its %s, which the product never makes so', async (name, command) => {
    const { client } = await open();
    await expect(client.send(command as GetSecretValueCommand)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(name),
    });
  });

  it('keeps the newest value over a restart', async () => {
    const first = await open();
    await first.client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    await first.client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'second' }));
    await first.service.stop();
    const second = await open(first.dataDirectory);
    expect(await second.read()).toBe('second');
  });

  it('describes a secret that is there, without its value', async () => {
    const { client } = await open();
    const describe = () => client.send(new DescribeSecretCommand({ SecretId: Name }));
    await expect(describe()).rejects.toThrow(ResourceNotFoundException);
    await client.send(new CreateSecretCommand({ Name, SecretString: 'first' }));
    const described = await describe();
    expect(described).toMatchObject({ Name, ARN: expect.stringContaining(Name) });
    expect(JSON.stringify(described)).not.toContain('first');
  });

  it('says that it does not know the operation ListSecrets', async () => {
    const { client } = await open();
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});
