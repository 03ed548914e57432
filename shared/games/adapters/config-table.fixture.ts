import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { macsOfTest } from '../../encryption/macs.fixture.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { ConfigTable } from './config-table.ts';

/** Gives a configuration table whose items are signed without KMS. */
export function testConfigTable(
  client: DynamoDBDocumentClient,
  tableName: string,
  clock: Clock = { nowMs: () => 0 },
): ConfigTable {
  return { client, tableName, macs: macsOfTest(), clock };
}
