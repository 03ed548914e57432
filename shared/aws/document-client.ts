import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from './client-settings.ts';
import { isInteger } from './attribute-values.ts';

/**
 * Every number that the product writes is an integer and comes back as a `bigint`. A `number` would silently round amounts
 * above 2^53. Whatever else somebody has written comes back as a `number`, which no schema of an item accepts. That item is
 * then refused, and hides no other of its page. Undefined attributes are refused on the way in, so that none is dropped
 * unnoticed.
 */
export function documentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...clientSettings, ...config }), {
    marshallOptions: { removeUndefinedValues: false, convertEmptyValues: false },
    unmarshallOptions: { wrapNumbers: numberOf },
  });
}

function numberOf(text: string): bigint | number {
  return isInteger(text) ? BigInt(text) : Number(text);
}
