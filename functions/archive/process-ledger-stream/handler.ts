import type { DynamoDBBatchResponse } from 'aws-lambda';
import { archiveRounds } from '../../../shared/archive/archive-rounds.ts';
import { archive, clock, eventBus, ledger, recovery } from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { parseInput, StreamBatch } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { batchIdOf, changesIn } from '../../_runtime/stream-batch.ts';
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
  await archiveRounds(ports, settings, await changesIn(Records), batchIdOf(Records));
  return { batchItemFailures: [] };
});
