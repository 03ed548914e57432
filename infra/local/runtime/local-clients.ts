import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Endpoints, LOCAL_ACCESS } from '../services/endpoints.ts';

/** The local run itself calls its services with these. */
export interface LocalClients extends Disposable {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
}

export function createLocalClients(endpoints: Pick<Endpoints, 'dynamodb' | 'sqs' | 's3'>): LocalClients {
  const dynamodb = new DynamoDBClient({ ...LOCAL_ACCESS, endpoint: endpoints.dynamodb });
  const streams = new DynamoDBStreamsClient({ ...LOCAL_ACCESS, endpoint: endpoints.dynamodb });
  const sqs = new SQSClient({ ...LOCAL_ACCESS, endpoint: endpoints.sqs, useQueueUrlAsEndpoint: false });
  const s3 = new S3Client({ ...LOCAL_ACCESS, endpoint: endpoints.s3, forcePathStyle: true });
  return {
    dynamodb,
    streams,
    sqs,
    s3,
    [Symbol.dispose]() {
      for (const client of [dynamodb, streams, sqs, s3]) client.destroy();
    },
  };
}
