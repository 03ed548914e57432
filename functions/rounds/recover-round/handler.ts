import type { SQSBatchResponse } from 'aws-lambda';
import { FaultError } from '../../../shared/foundation/errors.ts';
import { recoverBatch } from '../../../shared/rounds/recover-batch.ts';
import {
  clock,
  ledger,
  marks,
  readRecoveryMessage,
  recovery,
  registry,
  telemetry,
  wallets,
} from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { logger } from '../../_runtime/observability.ts';
import { parseInput, QueueBatch } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { failedMessages } from '../../_runtime/queue-batch.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

const portsOfRecovery = portsOf({ clock, ledger, registry, wallets, recovery, marks, telemetry });

export const handler = workerHandler(async (event: unknown): Promise<SQSBatchResponse> => {
  const { Records } = parseInput(QueueBatch, event);
  const ports = portsOfRecovery();
  const settings = { leaseMs: setting('ROUND_LEASE_MS') };
  const failed = await failedMessages(Records, readRecoveryMessage, (requests) =>
    recoverBatch(ports, settings, requests),
  );
  for (const { messageId, error } of failed) {
    ports.telemetry.count('RecoveryFailed');
    if (error instanceof FaultError && error.code === 'CORRUPT_RECORD')
      ports.telemetry.count('RecordCorrupt');
    logger.error('A round could not be recovered', { messageId, error });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
});
