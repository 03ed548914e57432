import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Endpoints, LOCAL_REGION } from '../services/endpoints.ts';

/** What the mappings poll with. */
export interface LocalClients extends Disposable {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
}

/** Explicit in everything, so that the environment of whoever starts the local run cannot lead to a real account. */
export function createLocalClients(endpoints: Pick<Endpoints, 'dynamodb' | 'sqs'>): LocalClients {
  const local = { region: LOCAL_REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamodb = new DynamoDBClient({ ...local, endpoint: endpoints.dynamodb });
  const streams = new DynamoDBStreamsClient({ ...local, endpoint: endpoints.dynamodb });
  const sqs = new SQSClient({ ...local, endpoint: endpoints.sqs, useQueueUrlAsEndpoint: false });
  return {
    dynamodb,
    streams,
    sqs,
    [Symbol.dispose]() {
      for (const client of [dynamodb, streams, sqs]) client.destroy();
    },
  };
}
