import type { SQSBatchResponse } from 'aws-lambda';
import { recoverRound } from '../../shared/usecases/recover-round.ts';
import * as compose from '../_runtime/composition.ts';
import { setting } from '../_runtime/environment.ts';
import { logger, telemetry } from '../_runtime/observability.ts';
import { parseInput, QueueBatch } from '../_runtime/parse-input.ts';
import { workerHandler } from '../_runtime/worker-handler.ts';

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
  const results = await Promise.allSettled(
    Records.map(async ({ body }) => recoverRound(ports, settings, compose.readRecoveryMessage(body))),
  );
  const batchItemFailures = Records.flatMap(({ messageId }, index) => {
    const result = results[index];
    if (result?.status !== 'rejected') return [];
    logger.error('A round could not be recovered', { messageId, error: result.reason });
    return [{ itemIdentifier: messageId }];
  });
  return { batchItemFailures };
});
