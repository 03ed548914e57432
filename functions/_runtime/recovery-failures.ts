import type { SQSBatchResponse } from 'aws-lambda';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import { logger, telemetry } from './observability.ts';
import type { FailedMessage } from './queue-batch.ts';

/** Reports the messages of a batch whose rounds could not be recovered, and gives them back to the queue. */
export function reportedFailures(failed: readonly FailedMessage[]): SQSBatchResponse {
  for (const { messageId, error } of failed) {
    telemetry.count('RecoveryFailed');
    if (isCorrupt(error)) telemetry.count('RecordCorrupt');
    logger.error('A round could not be recovered', { messageId, error });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
