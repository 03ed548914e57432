import type { SQSBatchResponse } from 'aws-lambda';
import type { RecoveryRequest } from '../../../shared/rounds/recovery-queue.ts';
import { recoverBatch } from '../../../shared/rounds/recover-batch.ts';
import * as compose from '../../_runtime/composition.ts';
import { setting } from '../../_runtime/environment.ts';
import { logger, telemetry } from '../../_runtime/observability.ts';
import { parseInput, QueueBatch } from '../../_runtime/parse-input.ts';
import { workerHandler } from '../../_runtime/worker-handler.ts';

/** A message that fails comes back, and ends in the dead-letter queue with its payload; its neighbours proceed. */
export const handler = workerHandler(async (event: unknown): Promise<SQSBatchResponse> => {
  const { Records } = parseInput(QueueBatch, event);
  const ports = {
    clock: compose.clock,
    ledger: compose.ledger(),
    registry: compose.registry(),
    wallets: compose.wallets(),
    recovery: compose.recovery(),
    telemetry,
  };
  const settings = { leaseMs: setting('ROUND_LEASE_MS') };
  const failures = new Map<string, unknown>();
  const messageIds = new Map<RecoveryRequest, string>();
  for (const { messageId, body } of Records) {
    try {
      messageIds.set(compose.readRecoveryMessage(body), messageId);
    } catch (error) {
      failures.set(messageId, error);
    }
  }
  for (const [request, error] of await recoverBatch(ports, settings, [...messageIds.keys()])) {
    failures.set(messageIds.get(request) as string, error);
  }
  const failed = Records.filter(({ messageId }) => failures.has(messageId));
  for (const { messageId } of failed) {
    telemetry.count('RecoveryFailed');
    logger.error('A round could not be recovered', { messageId, error: failures.get(messageId) });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
});
