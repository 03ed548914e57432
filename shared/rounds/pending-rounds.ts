import { orUnreadable } from '../foundation/errors.ts';
import type { Ledger, RoundReference } from './ledger.ts';
import type { MinorAmount } from '../money/money.ts';
import { isOwedForLong, LONG_PENDING_MS, owedSince } from './owed-round.ts';
import { readUnfinished, type ReadUnfinishedPorts } from './read-unfinished.ts';
import { owesCredit, type Round } from './round.ts';

export interface PendingRound {
  readonly round: Round;
  /** The wallet has still to acknowledge this call. */
  readonly owes: 'credit' | 'rollback' | 'last rollback';
  readonly amountMinor: MinorAmount;
  readonly owedSinceMs: number;
}

export interface PendingList {
  /** The oldest comes first. */
  readonly pending: readonly PendingRound[];
  /** Their items are not as the product wrote them, so nobody knows what they owe. */
  readonly unreadable: readonly RoundReference[];
}

export interface PendingPorts extends Pick<ReadUnfinishedPorts, 'clock'> {
  readonly ledger: Pick<Ledger, 'get' | 'unfinished'>;
}

/**
 * Lists every round whose credit or rollback has been owed for as long as it takes to ring the alarm. It reads the whole
 * ledger, and calls no wallet. A round that cannot be read hides no other.
 * @throws the error that kept a part of the ledger from being read
 */
export async function pendingRounds(ports: PendingPorts): Promise<PendingList> {
  const nowMs = ports.clock.nowMs();
  const pending: PendingRound[] = [];
  const unreadable: RoundReference[] = [];
  const unlimited = { ...ports, remainingMs: () => Number.POSITIVE_INFINITY };
  const { failed } = await readUnfinished(unlimited, nowMs - LONG_PENDING_MS + 1, async (page) => {
    for (const unfinished of page) {
      if (!isOwedForLong(owedSince(unfinished), nowMs)) continue;
      const round = await orUnreadable(ports.ledger.get(unfinished));
      if (round === 'unreadable') unreadable.push(unfinished);
      else if (round) pending.push(pendingRound(round));
    }
  });
  if (failed[0]) throw failed[0].error;
  return {
    pending: pending.sort((left, right) => left.owedSinceMs - right.owedSinceMs),
    unreadable,
  };
}

function pendingRound(round: Round): PendingRound {
  const owedSinceMs = owedSince(round);
  if (owesCredit(round)) return { round, owes: 'credit', amountMinor: round.outcome.winMinor, owedSinceMs };
  const owes = round.status === 'VOIDED' ? 'last rollback' : 'rollback';
  return { round, owes, amountMinor: round.stakeMinor, owedSinceMs };
}
