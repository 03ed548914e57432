import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientSettings } from './client-settings.ts';
import { integerOf } from './attribute-values.ts';

/**
 * Every number of the tables is an integer and comes back as a `bigint`. A `number` would silently round amounts above
 * 2^53. Undefined attributes are refused on the way in, so that none is dropped unnoticed.
 */
export function documentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...clientSettings, ...config }), {
    marshallOptions: { removeUndefinedValues: false, convertEmptyValues: false },
    unmarshallOptions: { wrapNumbers: integerOf },
  });
}
