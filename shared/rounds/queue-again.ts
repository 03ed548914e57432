import type { Clock } from '../foundation/clock.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';

const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 60_000;
/** Attempts that come every minute end after this. A wallet that refuses for so long does so until a person acts. */
const EAGER_MS = 25 * 3_600_000;
/** It is also the longest that SQS delays a message. */
const SLOW_MS = 15 * 60_000;

/** Queues the next attempts of requests. */
export async function queueAgain(
  { clock, recovery }: { readonly clock: Clock; readonly recovery: RecoveryQueue },
  requests: readonly RecoveryRequest[],
): Promise<void> {
  const nowMs = clock.nowMs();
  const lasting = requests.filter(({ once }) => !once);
  for (const [delayMs, waiting] of Map.groupBy(lasting, (request) => delayOf(request, nowMs))) {
    const next = waiting.map((request) => ({ ...request, attempt: request.attempt + 1 }));
    await recovery.send(next, delayMs);
  }
}

/** Queues the next attempt at a round that is left alone until a person has acted. */
export async function queueMuchLater(
  { recovery }: { readonly recovery: RecoveryQueue },
  request: RecoveryRequest,
): Promise<void> {
  if (request.once) return;
  await recovery.send([{ ...request, attempt: request.attempt + 1 }], SLOW_MS);
}

/** Computes how long the next attempt waits. */
function delayOf({ attempt, owedSinceMs }: RecoveryRequest, nowMs: number): number {
  return owedSinceMs !== undefined && nowMs - owedSinceMs >= EAGER_MS ? SLOW_MS : backoffMs(attempt);
}

/**
 * The delay is 2, 4, 8 … and at most 60 seconds. When a wallet returns, the last of many waiting wins is
 * credited within about a minute.
 */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10));
}
