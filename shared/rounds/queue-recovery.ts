import { DependencyError } from '../foundation/errors.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { Clock } from '../foundation/clock.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
import { isToBeJudged, JUDGED_AFTER_MS } from './rollback.ts';
import { isFinal, isHeld, isInFlight, type Round } from './round.ts';

export interface QueueRecoveryPorts {
  readonly recovery: RecoveryQueue;
  readonly telemetry: Telemetry;
}

const FIRST_ATTEMPT_AFTER_MS = 1_000;

/**
 * Queues the recovery of a round that is not final. The ledger's stream would do so, too, but later. The
 * player therefore gets an answer also where the queue is down.
 */
export async function queueRecovery(ports: QueueRecoveryPorts, round: Round): Promise<void> {
  if (isFinal(round)) return;
  if (round.status === 'COMMITTED') ports.telemetry.count('CreditDeferred');
  await send(ports, round, {}, isToBeJudged(round) ? JUDGED_AFTER_MS : FIRST_ATTEMPT_AFTER_MS);
}

/**
 * Queues one attempt to recover the newest round of a log that it blocks. Its own recovery may wait for the stream or for
 * the sweep, and the player is here. It queues nothing while the round's owner may still be at work.
 */
export async function recoverBlocked(
  ports: QueueRecoveryPorts & { readonly clock: Clock },
  { leaseMs }: { readonly leaseMs: number },
  newest: Round | undefined,
): Promise<void> {
  if (!newest || !isInFlight(newest) || isHeld(newest, leaseMs, ports.clock.nowMs())) return;
  await send(ports, newest, { once: true }, JUDGED_AFTER_MS);
}

async function send(
  { recovery, telemetry }: QueueRecoveryPorts,
  { log, number, roundId }: Round,
  more: Pick<RecoveryRequest, 'once'>,
  delayMs: number,
): Promise<void> {
  try {
    await recovery.send([{ log, number, purpose: 'finish', attempt: 0, ...more }], delayMs);
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    telemetry.warn('Recovery could not be queued and is left to the stream', { roundId });
  }
}
