import type { CountedEvent, Telemetry } from '../foundation/telemetry.ts';
import type { Fence, Ledger } from './ledger.ts';
import type { Round } from './round.ts';

/** Counts the results of rounds, at the write that takes them there. */
export function countedLedger(ledger: Ledger, telemetry: Telemetry): Ledger {
  return {
    head: (log) => ledger.head(log),
    get: (reference) => ledger.get(reference),
    find: (roundId) => ledger.find(roundId),
    list: (log, page) => ledger.list(log, page),
    append: (round) => ledger.append(round),
    async save(next, fence) {
      const saved = await ledger.save(next, fence);
      const event = eventOf(next, fence);
      if (saved && event) telemetry.count(event);
      return saved;
    },
    markArchived: (reference) => ledger.markArchived(reference),
    expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
    unfinished: (beforeMs, part) => ledger.unfinished(beforeMs, part),
  };
}

function eventOf({ status }: Round, fence: Fence): CountedEvent | undefined {
  switch (status) {
    case 'COMMITTED':
      return 'RoundCommitted';
    case 'CREDITED':
      // After a bet-win, the intent becomes CREDITED at once.
      return fence.status === 'INTENT' ? 'RoundCommitted' : undefined;
    case 'REJECTED':
      return 'RoundRejected';
    case 'FAILED':
      return 'RoundFailed';
    case 'VOIDED':
      return 'RoundVoided';
    case 'INTENT':
    case 'VOIDING':
      return undefined;
  }
}
