import type { SQSBatchResponse } from 'aws-lambda';
import type { RecoveryRequest } from '../../../shared/rounds/recovery-queue.ts';
import { recoverBatch } from '../../../shared/rounds/recover-batch.ts';
import {
  clock,
  ledger,
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
import { workerHandler } from '../../_runtime/worker-handler.ts';

const portsOfRecovery = portsOf({ clock, ledger, registry, wallets, recovery, telemetry });

/** A message that fails comes back, and ends in the dead-letter queue with its payload. Its neighbours proceed. */
export const handler = workerHandler(async (event: unknown): Promise<SQSBatchResponse> => {
  const { Records } = parseInput(QueueBatch, event);
  const ports = portsOfRecovery();
  const settings = { leaseMs: setting('ROUND_LEASE_MS') };
  const failures = new Map<string, unknown>();
  const messageIds = new Map<RecoveryRequest, string>();
  for (const { messageId, body } of Records) {
    try {
      messageIds.set(readRecoveryMessage(body), messageId);
    } catch (error) {
      failures.set(messageId, error);
    }
  }
  for (const [request, error] of await recoverBatch(ports, settings, [...messageIds.keys()])) {
    failures.set(messageIds.get(request) as string, error);
  }
  const failed = Records.filter(({ messageId }) => failures.has(messageId));
  for (const { messageId } of failed) {
    ports.telemetry.count('RecoveryFailed');
    logger.error('A round could not be recovered', { messageId, error: failures.get(messageId) });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
});
