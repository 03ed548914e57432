import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServices, type TestServices } from '../../kit/services.ts';
import { Secrets } from '../../../shared/aws/secrets.ts';

const FIVE_MINUTES_MS = 300_000;
let local: TestServices;
let client: SecretsManagerClient;

beforeAll(async () => {
  local = await startTestServices();
  client = new SecretsManagerClient({ ...local.access, endpoint: local.services.endpoints.secretsManager });
});
afterAll(async () => {
  client.destroy();
  await local.stop();
});

it('reads a secret, and again after five minutes', async () => {
  const time = { nowMs: 0 };
  const secrets = new Secrets(client, { nowMs: () => time.nowMs });
  const name = 'rgs/test/operator/demo/wallet';
  await client.send(new CreateSecretCommand({ Name: name, SecretString: 'first' }));
  expect(await secrets.secret(name)).toBe('first');
  await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'second' }));
  time.nowMs = FIVE_MINUTES_MS - 1;
  expect(await secrets.secret(name)).toBe('first');
  time.nowMs = FIVE_MINUTES_MS;
  expect(await secrets.secret(name)).toBe('second');
});

it('calls a secret that is not there, or is no text, a wrong setting, until it is made', async () => {
  const secrets = new Secrets(client, { nowMs: () => 0 });
  const name = 'rgs/test/operator/late/wallet';
  await expect(secrets.secret(name)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  await client.send(new CreateSecretCommand({ Name: name, SecretBinary: new Uint8Array([1]) }));
  await expect(secrets.secret(name)).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'made' }));
  expect(await secrets.secret(name)).toBe('made');
});

it('is unavailable while Secrets Manager is away', async () => {
  const away = new SecretsManagerClient({ ...local.access, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  await expect(new Secrets(away, { nowMs: () => 0 }).secret('any')).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    retryable: true,
  });
});
