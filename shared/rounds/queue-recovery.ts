import { DependencyError } from '../foundation/errors.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { Clock } from '../foundation/clock.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
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
  await send(ports, round, {});
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
  await send(ports, newest, { once: true });
}

async function send(
  { recovery, telemetry }: QueueRecoveryPorts,
  { log, number, roundId }: Round,
  more: Pick<RecoveryRequest, 'once'>,
): Promise<void> {
  try {
    await recovery.send([{ log, number, purpose: 'finish', attempt: 0, ...more }], FIRST_ATTEMPT_AFTER_MS);
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    telemetry.warn('Recovery could not be queued and is left to the stream', { roundId });
  }
}
