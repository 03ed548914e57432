import { DependencyError } from '../foundation/errors.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { RecoveryQueue } from './recovery-queue.ts';
import { isFinal, type Round } from './round.ts';

export interface QueueRecoveryPorts {
  readonly recovery: RecoveryQueue;
  readonly telemetry: Telemetry;
}

const FIRST_ATTEMPT_AFTER_MS = 1_000;

/**
 * Queues the recovery of a round that is not final. The ledger's stream would do so, too, but later. The
 * player therefore gets an answer also where the queue is down.
 */
export async function queueRecovery(
  { recovery, telemetry }: QueueRecoveryPorts,
  round: Round,
): Promise<void> {
  if (isFinal(round)) return;
  if (round.status === 'COMMITTED') telemetry.count('CreditDeferred');
  const { log, number, roundId } = round;
  try {
    await recovery.send([{ log, number, purpose: 'finish', attempt: 0 }], FIRST_ATTEMPT_AFTER_MS);
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    telemetry.warn('Recovery could not be queued and is left to the stream', { roundId });
  }
}
