import type { SQSBatchResponse } from 'aws-lambda';
import type { RecoveryRequest } from '../../../shared/rounds/recovery-queue.ts';
import { recoverBatch } from '../../../shared/rounds/recover-batch.ts';
import {
  clock,
  engineVersion,
  ledger,
  marks,
  promptTelemetry,
  readRecoveryMessage,
  recovery,
  registry,
  wallets,
} from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { parseInput, QueueBatch } from '../../_runtime/parse-input.ts';
import { portsOf } from '../../_runtime/ports-of.ts';
import { failedMessages } from '../../_runtime/queue-batch.ts';
import { reportedFailures } from '../../_runtime/recovery-failures.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

const portsOfRecovery = portsOf({
  clock,
  engineVersion,
  ledger,
  marks,
  recovery,
  registry,
  telemetry: promptTelemetry,
  wallets,
});

export const handler = workerHandler(async (event: unknown): Promise<SQSBatchResponse> => {
  const { Records } = parseInput(QueueBatch, event);
  const ports = portsOfRecovery();
  const settings = { leaseMs: setting('ROUND_LEASE_MS') };
  const recover = (requests: readonly RecoveryRequest[]) => recoverBatch(ports, settings, requests);
  return reportedFailures(await failedMessages(Records, readRecoveryMessage, recover));
});
