import type { Ledger } from './ledger.ts';
import type { MinorAmount } from '../money/money.ts';
import { LONG_PENDING_MS, owedSince } from './owed-round.ts';
import { readUnfinished, type ReadUnfinishedPorts } from './read-unfinished.ts';
import { owesCredit, type Round } from './round.ts';

export interface PendingRound {
  readonly round: Round;
  /** The wallet has still to acknowledge this call. */
  readonly owes: 'credit' | 'rollback' | 'last rollback';
  readonly amountMinor: MinorAmount;
  readonly owedSinceMs: number;
}

export interface PendingPorts extends Pick<ReadUnfinishedPorts, 'clock'> {
  readonly ledger: Pick<Ledger, 'get' | 'unfinished'>;
}

/**
 * Lists every round whose credit or rollback has been owed for as long as it takes to ring the alarm, the oldest first. It
 * reads the whole ledger, and calls no wallet.
 * @throws the error that kept a part of the ledger from being read
 */
export async function pendingRounds(ports: PendingPorts): Promise<PendingRound[]> {
  const beforeMs = ports.clock.nowMs() - LONG_PENDING_MS;
  const pending: PendingRound[] = [];
  const unlimited = { ...ports, remainingMs: () => Number.POSITIVE_INFINITY };
  const { failed } = await readUnfinished(unlimited, beforeMs + 1, async (page) => {
    for (const unfinished of page) {
      if (owedSince(unfinished) > beforeMs) continue;
      const round = await ports.ledger.get(unfinished);
      if (round) pending.push(pendingRound(round));
    }
  });
  if (failed[0]) throw failed[0].error;
  return pending.sort((left, right) => left.owedSinceMs - right.owedSinceMs);
}

function pendingRound(round: Round): PendingRound {
  const owedSinceMs = owedSince(round);
  if (owesCredit(round)) return { round, owes: 'credit', amountMinor: round.outcome.winMinor, owedSinceMs };
  const owes = round.status === 'VOIDED' ? 'last rollback' : 'rollback';
  return { round, owes, amountMinor: round.stakeMinor, owedSinceMs };
}
