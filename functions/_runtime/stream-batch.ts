import type { DynamoDBRecord } from 'aws-lambda';
import type { RoundChange } from '../../shared/archive/archive-rounds.ts';
import { parking } from './composition.ts';
import { changeOf } from './ledger-change.ts';
import { telemetry } from './observability.ts';

/**
 * Reads the changes in a batch of the ledger's stream. A record that cannot be read is parked with all that it holds,
 * and the records behind it go on.
 */
export async function changesIn(records: readonly unknown[]): Promise<RoundChange[]> {
  const changes = await Promise.all(records.map(readOrPark));
  return changes.filter((change) => change !== undefined);
}

async function readOrPark(record: unknown): Promise<RoundChange | undefined> {
  try {
    return changeOf(record ?? {});
  } catch (error) {
    telemetry.count('RecordParked');
    await parking().park(record, String(error));
    return undefined;
  }
}

/**
 * The same records make the same batch. A retry with fewer of them makes another one, and the archive tolerates both.
 */
export function batchIdOf(records: readonly unknown[]): string {
  return `${sequenceNumberOf(records[0])}-${sequenceNumberOf(records.at(-1))}`;
}

function sequenceNumberOf(record: unknown): string {
  const number: unknown = (record as DynamoDBRecord | undefined)?.dynamodb?.SequenceNumber;
  return typeof number === 'string' ? number : 'none';
}
