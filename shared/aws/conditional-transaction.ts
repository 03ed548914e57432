import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { awsCall } from './aws-call.ts';

export type TransactionWrites = NonNullable<TransactWriteCommandInput['TransactItems']>;

const REFUSALS: ReadonlySet<string | undefined> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/**
 * Writes all items or none. The answer is false where a condition failed or where somebody else wrote at the same time.
 */
export async function conditionalTransaction(
  client: DynamoDBDocumentClient,
  writes: TransactionWrites,
): Promise<boolean> {
  return awsCall('DynamoDB', async () => {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: writes }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && refused(error)) return false;
      throw error;
    }
  });
}

function refused({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return CancellationReasons.some(({ Code }) => REFUSALS.has(Code));
}
