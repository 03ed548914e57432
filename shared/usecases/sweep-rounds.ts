import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { RecoveryQueue, RecoveryRequest } from '../ports/recovery-queue.ts';

export interface SweepPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly recovery: RecoveryQueue;
}

const BATCH = 10;

/**
 * The last net: finds every round that is not final although its lease ran out, and asks for its recovery.
 * @returns how many were found
 */
export async function sweepRounds(
  ports: SweepPorts,
  settings: { readonly leaseMs: number },
): Promise<number> {
  let found = 0;
  let batch: RecoveryRequest[] = [];
  try {
    for await (const reference of ports.ledger.unfinished(ports.clock.nowMs() - settings.leaseMs)) {
      found += 1;
      batch.push({ ...reference, purpose: 'finish', attempt: 0 });
      if (batch.length < BATCH) continue;
      await ports.recovery.send(batch, 0);
      batch = [];
    }
  } finally {
    // Also where the ledger failed on the way: what was found is recovered all the same.
    if (batch.length > 0) await ports.recovery.send(batch, 0);
  }
  return found;
}
