import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { type RoundChange, archiveRounds } from '../../../shared/archive/archive-rounds.ts';
import { archive, clock, eventBus, ledger, parking, recovery } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { changeOf } from '../../_runtime/ledger-change.ts';
import { telemetry } from '../../_runtime/observability.ts';
import { parseInput, StreamBatch } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

const DAY_MS = 86_400_000;

const portsOfArchive = portsOf({ clock, ledger, archive, events: eventBus, recovery });

export const handler = workerHandler(async (event: unknown): Promise<DynamoDBBatchResponse> => {
  const { Records } = parseInput(StreamBatch, event);
  // The ports are made before anything is parked. Otherwise each retry of a function with a wrong setting would park
  // again.
  const ports = portsOfArchive();
  const settings = {
    leaseMs: setting('ROUND_LEASE_MS'),
    hotRetentionMs: setting('HOT_RETENTION_DAYS') * DAY_MS,
  };
  const changes = (await Promise.all(Records.map(readOrPark))).filter((change) => change !== undefined);
  await archiveRounds(ports, settings, changes, batchIdOf(Records));
  return { batchItemFailures: [] };
});

/** A record that cannot be read is parked with all that it holds, and the records behind it go on. */
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
function batchIdOf(records: readonly unknown[]): string {
  const numberOf = (record: unknown) => {
    const number: unknown = (record as DynamoDBRecord | undefined)?.dynamodb?.SequenceNumber;
    return typeof number === 'string' ? number : 'none';
  };
  return `${numberOf(records[0])}-${numberOf(records.at(-1))}`;
}
