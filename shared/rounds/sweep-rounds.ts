import { FaultError } from '../foundation/errors.ts';
import type { Ledger, UnfinishedRound } from './ledger.ts';
import { owedSince, purposeOf } from './owed-round.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import { PARTS, type ReadUnfinishedPorts, type Reading, readUnfinished } from './read-unfinished.ts';

/**
 * The sweep asks for a last rollback when it has been due for so long. Two wrong clocks must not let the sweep ask before a
 * late debit has landed. The acknowledgement would end the queue's own request, which waits by no clock of ours.
 */
const LAST_ROLLBACK_MARGIN_MS = 45 * 60_000;

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
 * This is the last net. It finds every round that is not final although its lease ran out. It also finds every voided
 * one whose last rollback was due long ago and is not acknowledged. It asks for their recovery.
 * @throws where any part of the ledger was left out, after all that could be done: the error that kept it from being
 * read, or FaultError INTERNAL_ERROR where the time ran out
 */
export async function sweepRounds(ports: SweepPorts, settings: { readonly leaseMs: number }): Promise<Sweep> {
  let found = 0;
  const nowMs = ports.clock.nowMs();
  const reading = await readUnfinished(ports, nowMs - settings.leaseMs, async (page) => {
    const due = page.map(requestFor).filter((request) => isDue(request, nowMs));
    await ports.recovery.send(due, 0);
    found += due.length;
  });
  const sweep = { found, pages: reading.pages };
  if (reading.unread.length + reading.failed.length > 0) throw incomplete(ports.telemetry, sweep, reading);
  return sweep;
}

function requestFor(round: UnfinishedRound): RecoveryRequest & { readonly owedSinceMs: number } {
  const { log, number } = round;
  return { log, number, purpose: purposeOf(round), attempt: 0, owedSinceMs: owedSince(round) };
}

function isDue({ purpose, owedSinceMs }: ReturnType<typeof requestFor>, nowMs: number): boolean {
  return owedSinceMs + (purpose === 'confirm-void' ? LAST_ROLLBACK_MARGIN_MS : 0) <= nowMs;
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
