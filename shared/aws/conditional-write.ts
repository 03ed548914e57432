import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { awsCall } from './aws-call.ts';
import { type NativeItem, nativeItem } from './attribute-values.ts';

/** `existing` is the item that was found, where the command asked for it and there is one. */
export type ConditionalResult =
  | { readonly written: true }
  | { readonly written: false; readonly existing: NativeItem | undefined };

/** Runs a write whose condition may fail. A failed condition is an answer, not an error. */
export async function conditionalWrite(write: () => Promise<unknown>): Promise<ConditionalResult> {
  return awsCall('DynamoDB', async () => {
    try {
      await write();
      return { written: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { written: false, existing: error.Item && nativeItem(error.Item) };
    }
  });
}
