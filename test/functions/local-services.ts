import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll } from 'vitest';
import { endpointEnvironment } from '../../infra/local/services/endpoints.ts';
import { provision } from '../../infra/local/services/provision.ts';
import type { Services } from '../../infra/local/services/start-services.ts';
import type { Resources, TableResource } from '../../infra/local/template/resources.ts';
import { useServices } from '../kit/services.ts';

const table = (TableName: string): TableResource => ({
  definition: {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
  },
  ttlAttribute: undefined,
});

const DATA_KEY_ID = randomUUID();
const resources: Resources = {
  tables: [table('ledger'), table('config')],
  queues: [
    { name: 'recovery', attributes: {} },
    { name: 'parking', attributes: {} },
  ],
  buckets: [{ name: 'archive', objectLock: false }],
  keys: [{ keyId: DATA_KEY_ID }],
  buses: [{ name: 'bus' }],
};

export const DATA_KEY = '277ef228-415a-910f-f943-2ab769ca55f2';

/** Sets the environment of the functions that work behind the API, with the local services behind it, for all tests of a file. */
export function useLocalServices(): () => Services {
  const running = useServices();
  beforeAll(async () => {
    const { services } = running();
    await provision(resources, services);
    services.ensureKey(DATA_KEY);
    Object.assign(process.env, endpointEnvironment(services.endpoints), {
      STAGE: 'local',
      LEDGER_TABLE: 'ledger',
      CONFIG_TABLE: 'config',
      DATA_KEY_ARN: DATA_KEY,
      ARCHIVE_BUCKET: 'archive',
      EVENT_BUS_NAME: 'bus',
      RECOVERY_QUEUE_URL: queueUrl(services, 'recovery'),
      PARKING_QUEUE_URL: queueUrl(services, 'parking'),
      ROUND_LEASE_MS: '30000',
      HOT_RETENTION_DAYS: '30',
      WALLET_TIMEOUT_MS: '3000',
    });
  });
  return () => running().services;
}

function queueUrl({ endpoints }: Services, name: string): string {
  return `${endpoints.sqs}/000000000000/${name}`;
}

/** The bodies of the messages that a queue shows now, taken from it. */
export async function takeMessages(name: 'RECOVERY_QUEUE_URL' | 'PARKING_QUEUE_URL'): Promise<string[]> {
  using sqs = disposable(new SQSClient());
  const { Messages = [] } = await sqs.client.send(
    new ReceiveMessageCommand({
      QueueUrl: process.env[name],
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
    }),
  );
  return Messages.map(({ Body = '' }) => Body);
}

/** Counts the messages of a queue that wait for their delay to end. */
export async function delayedMessages(name: 'RECOVERY_QUEUE_URL'): Promise<number> {
  using sqs = disposable(new SQSClient());
  const AttributeNames = ['ApproximateNumberOfMessagesDelayed'] as const;
  const { Attributes } = await sqs.client.send(
    new GetQueueAttributesCommand({ QueueUrl: process.env[name], AttributeNames: [...AttributeNames] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
}

function disposable<C extends { destroy(): void }>(client: C) {
  return { client, [Symbol.dispose]: () => client.destroy() };
}
