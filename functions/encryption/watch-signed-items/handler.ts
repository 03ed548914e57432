import type { DynamoDBBatchResponse } from 'aws-lambda';
import { parseInput, StreamBatch } from '../../_runtime/parse-input.ts';
import { judgeSignedItems } from '../../_runtime/signed-item-batch.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

export const handler = workerHandler(async (event: unknown): Promise<DynamoDBBatchResponse> => {
  await judgeSignedItems(parseInput(StreamBatch, event).Records);
  return { batchItemFailures: [] };
});
