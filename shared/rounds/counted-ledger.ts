import type { CountedEvent, Telemetry } from '../foundation/telemetry.ts';
import type { Ledger } from './ledger.ts';
import type { Round } from './round.ts';

/** Counts the results of rounds, at the write that takes them there. */
export function countedLedger(ledger: Ledger, telemetry: Telemetry): Ledger {
  return {
    head: (log) => ledger.head(log),
    get: (reference) => ledger.get(reference),
    find: (roundId) => ledger.find(roundId),
    async append(round) {
      const result = await ledger.append(round);
      const event = result.appended && eventOf(result.round, undefined);
      if (event) telemetry.count(event);
      return result;
    },
    async save(next, present) {
      const saved = await ledger.save(next, present);
      const event = saved && eventOf(saved, present);
      if (event) telemetry.count(event);
      return saved;
    },
    isFrozen: (log) => ledger.isFrozen(log),
    markArchived: (reference) => ledger.markArchived(reference),
    expire: (reference, expiresAtMs) => ledger.expire(reference, expiresAtMs),
    unfinished: (beforeMs, part) => ledger.unfinished(beforeMs, part),
  };
}

function eventOf({ status }: Round, before: Round | undefined): CountedEvent | undefined {
  switch (status) {
    case 'COMMITTED':
      return 'RoundCommitted';
    case 'CREDITED':
      // After a bet-win, the intent becomes CREDITED at once.
      return before?.status === 'INTENT' ? 'RoundCommitted' : undefined;
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
