import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { DynamoRoundPages } from '../../shared/rounds/adapters/round-pages.ts';
import { DynamoRecoveryMarks } from '../../shared/rounds/adapters/recovery-marks.ts';
import { keyOf } from '../../shared/rounds/adapters/round-keys.ts';
import type { OpenLedger } from './open-ledger.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { createTable, type TestDatabase } from '../../shared/aws/dynamodb.fixture.ts';

/** A ledger on a database of its own. */
export async function openDynamoLedger(start: () => Promise<TestDatabase>): Promise<OpenLedger> {
  const database = await start();
  const tableName = `ledger-${randomUUID()}`;
  await createTable(database.client, tableName);
  return ledgerOn(database.client, tableName, () => database.stop());
}

/** The ledger's adapter on a table that is empty and used by nobody else. */
export function ledgerOn(
  client: DynamoDBDocumentClient,
  tableName: string,
  close: () => Promise<void>,
): OpenLedger {
  return {
    ledger: new DynamoLedger(client, tableName, new RoundMacs(openMacs), { nowMs: () => 0 }),
    pages: new DynamoRoundPages(client, tableName, new RoundMacs(openMacs)),
    marks: new DynamoRecoveryMarks(client, tableName),
    async expiryOf(round) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(round), ConsistentRead: true }),
      );
      const seconds: unknown = Item?.['expiresAt'];
      return typeof seconds === 'bigint' ? Number(seconds) * 1000 : undefined;
    },
    close,
  };
}
