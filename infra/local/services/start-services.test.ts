import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Resources } from '../template/resources.ts';
import { type Endpoints, endpointEnvironment } from './endpoints.ts';
import type { BusEvent } from './event-store.ts';
import { provision } from './provision.ts';
import { startServices } from './start-services.ts';
import { clientOptions, programsRunningOn, started, temporaryFolder } from '../../../test/kit/services.ts';

const KEY = '277ef228-415a-910f-f943-2ab769ca55f2';
const RESOURCES: Resources = {
  tables: [
    {
      definition: {
        TableName: 'config',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
      ttlAttribute: undefined,
    },
  ],
  queues: [{ name: 'recovery', attributes: {} }],
  buckets: [{ name: 'archive', objectLock: true }],
  keys: [{ keyId: KEY }],
  buses: [{ name: 'bus' }],
};

/** Starts the services in a process of their own; `kill` ends it as a power cut would. */
async function startElsewhere(dataDirectory: string) {
  const script = join(temporaryFolder(), 'owner.mjs');
  const module = (name: string) => JSON.stringify(import.meta.resolve(name));
  writeFileSync(
    script,
    `import { startServices } from ${module('./start-services.ts')};
     import { provision } from ${module('./provision.ts')};
     const services = await startServices(${JSON.stringify(dataDirectory)});
     await provision(${JSON.stringify(RESOURCES)}, services);
     console.log(JSON.stringify(services.endpoints));`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    endpoints: JSON.parse(line) as Endpoints,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function clients(endpoints: Endpoints) {
  return {
    dynamodb: new DynamoDBClient(clientOptions(endpoints.dynamodb)),
    sqs: new SQSClient(clientOptions(endpoints.sqs)),
    s3: new S3Client(clientOptions(endpoints.s3)),
    kms: new KMSClient(clientOptions(endpoints.kms)),
    secrets: new SecretsManagerClient(clientOptions(endpoints.secretsManager)),
    events: new EventBridgeClient(clientOptions(endpoints.eventBridge)),
  };
}

describe('the local services', () => {
  it('have everything they acknowledged after their process was killed', async () => {
    const folder = temporaryFolder();
    const first = await startElsewhere(folder);
    const before = clients(first.endpoints);
    const { CiphertextBlob, Plaintext } = await before.kms.send(
      new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }),
    );
    await before.dynamodb.send(new PutItemCommand({ TableName: 'config', Item: { pk: { S: 'a' } } }));
    await before.sqs.send(
      new SendMessageCommand({
        QueueUrl: `${first.endpoints.sqs}/000000000000/recovery`,
        MessageBody: 'check',
      }),
    );
    await before.s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'a/b', Body: 'line' }));
    await before.secrets.send(
      new CreateSecretCommand({ Name: 'rgs/local/operator/acme/wallet', SecretString: 'token' }),
    );
    await before.events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: 'bus', Source: 's', DetailType: 't', Detail: '{"round":1}' }],
      }),
    );
    await first.kill();
    await vi.waitUntil(() => programsRunningOn(folder).length === 0, { timeout: 5_000 });

    const services = await started(startServices(folder));
    await provision(RESOURCES, services);
    const { dynamodb, sqs, s3, kms, secrets } = clients(services.endpoints);
    const delivered = Promise.withResolvers<BusEvent>();
    services.deliverEvents(async (event) => delivered.resolve(event));
    expect((await delivered.promise).detail).toEqual({ round: 1 });
    expect((await kms.send(new DecryptCommand({ KeyId: KEY, CiphertextBlob }))).Plaintext).toEqual(Plaintext);
    expect(
      (await dynamodb.send(new GetItemCommand({ TableName: 'config', Key: { pk: { S: 'a' } } }))).Item,
    ).toEqual({ pk: { S: 'a' } });
    const queueUrl = `${services.endpoints.sqs}/000000000000/recovery`;
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }))).Messages?.[0]?.Body).toBe(
      'check',
    );
    const object = await s3.send(new GetObjectCommand({ Bucket: 'archive', Key: 'a/b' }));
    expect(await object.Body?.transformToString()).toBe('line');
    const secret = await secrets.send(
      new GetSecretValueCommand({ SecretId: 'rgs/local/operator/acme/wallet' }),
    );
    expect(secret.SecretString).toBe('token');
  });

  it('refuse a data folder that another run has, and leave nothing running', async () => {
    const folder = temporaryFolder();
    const first = await startElsewhere(folder);
    await expect(startServices(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    expect(programsRunningOn(folder)).toHaveLength(1);
    await first.kill();
  });

  it('leave nothing running and the folder free when one of them does not start', async () => {
    const folder = temporaryFolder();
    const broken = join(folder, 'secrets');
    writeFileSync(broken, 'a file where a folder is wanted');
    await expect(startServices(folder)).rejects.toThrow();
    expect(programsRunningOn(folder)).toEqual([]);
    rmSync(broken);
    const services = await started(startServices(folder));
    expect(programsRunningOn(folder)).toHaveLength(1);
    await services.stop();
  });

  it('say when one of them dies on its own', async () => {
    const folder = temporaryFolder();
    const services = await started(startServices(folder));
    const failure = new Promise<string>((resolve) => services.onFailure(resolve));
    for (const processId of programsRunningOn(folder)) process.kill(processId, 'SIGKILL');
    expect(await failure).toContain('DynamoDB');
  });

  it('are found by SDK clients through the environment alone', async () => {
    const services = await started(startServices(temporaryFolder()));
    await provision(RESOURCES, services);
    for (const [name, value] of Object.entries(endpointEnvironment(services.endpoints)))
      vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    await new DynamoDBClient({}).send(new PutItemCommand({ TableName: 'config', Item: { pk: { S: 'a' } } }));
    await new S3Client({}).send(new PutObjectCommand({ Bucket: 'archive', Key: 'k', Body: 'v' }));
    const queueUrl = `${services.endpoints.sqs}/000000000000/recovery`;
    await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'm' }));
    await new KMSClient({}).send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }));
    await new SecretsManagerClient({}).send(new CreateSecretCommand({ Name: 'n', SecretString: 's' }));
    const sent = await new EventBridgeClient({}).send(
      new PutEventsCommand({
        Entries: [{ EventBusName: 'bus', Source: 's', DetailType: 't', Detail: '{}' }],
      }),
    );
    expect(sent.FailedEntryCount).toBe(0);
  });
});
