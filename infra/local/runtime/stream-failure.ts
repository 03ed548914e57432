import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { functionArn } from './function-environment.ts';
import type { Batch, GivenUp } from './stream-batch.ts';

export interface FailedBatch {
  readonly functionName: string;
  readonly shardId: string;
  readonly batch: Batch;
  readonly why: GivenUp;
  readonly requestId: string;
  readonly nowMs: number;
}

/** Makes Lambda's message to an on-failure queue. It says where the records are, and not what is in them. */
export function failureMessage({ functionName, shardId, batch, why, requestId, nowMs }: FailedBatch) {
  const [first, last] = [batch[0], batch.at(-1)];
  const failed = why.error !== undefined;
  return {
    requestContext: {
      requestId,
      functionArn: `${functionArn(functionName)}:$LATEST`,
      condition: why.condition,
      approximateInvokeCount: why.invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: failed ? 'Unhandled' : null,
    },
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.dynamodb.SequenceNumber,
      endSequenceNumber: last?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: batch.length,
      streamArn: first?.eventSourceARN,
    },
  };
}

export async function sendFailure(sqs: SQSClient, queueUrl: string, failed: FailedBatch): Promise<void> {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(failureMessage(failed)) }),
  );
}

function arrivalOf(record: Batch[number] | undefined): string | undefined {
  if (record === undefined) return undefined;
  return new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
}
