import { FaultError } from '../foundation/errors.ts';
import type { Ledger } from './ledger.ts';
import type { RecoveryQueue } from './recovery-queue.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import { PARTS, type ReadUnfinishedPorts, type Reading, readUnfinished } from './read-unfinished.ts';

export interface SweepPorts extends ReadUnfinishedPorts {
  readonly ledger: Ledger;
  readonly recovery: RecoveryQueue;
  readonly telemetry: Telemetry;
}

export interface Sweep {
  /** Counts the rounds whose recovery was asked for. */
  readonly found: number;
  /** Counts the pages in which the ledger answered. */
  readonly pages: number;
}

/**
 * This is the last net. It finds every round that is not final although its lease ran out, and asks for its recovery.
 * @throws where any part of the ledger was left out, after all that could be done: the error that kept it from being
 * read, or FaultError INTERNAL_ERROR where the time ran out
 */
export async function sweepRounds(ports: SweepPorts, settings: { readonly leaseMs: number }): Promise<Sweep> {
  let found = 0;
  const beforeMs = ports.clock.nowMs() - settings.leaseMs;
  const reading = await readUnfinished(ports, beforeMs, async (page) => {
    await ports.recovery.send(
      page.map((reference) => ({ ...reference, purpose: 'finish', attempt: 0 })),
      0,
    );
    found += page.length;
  });
  const sweep = { found, pages: reading.pages };
  if (reading.unread.length + reading.failed.length > 0) throw incomplete(ports.telemetry, sweep, reading);
  return sweep;
}

function incomplete(telemetry: Telemetry, sweep: Sweep, { unread, failed }: Reading): unknown {
  telemetry.count('SweepIncomplete');
  telemetry.warn('The sweep has not read the whole ledger', {
    ...sweep,
    parts: PARTS,
    unread: unread.join(' '),
    failed: failed.map(({ part }) => part).join(' '),
  });
  if (failed[0]) return failed[0].error;
  return new FaultError(
    'INTERNAL_ERROR',
    `The sweep had no time for ${unread.length} of ${PARTS} parts of the ledger`,
  );
}
