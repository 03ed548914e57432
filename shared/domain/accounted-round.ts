import type { AccountedRound } from './reconciliation.ts';
import { hasOutcome, type Round, stakeTransactionId, winTransactionId } from './round.ts';

export function accountedRound(round: Round): AccountedRound {
  const { roundId, log, currency, status, stakeMinor, updatedAtMs } = round;
  const stakeId = stakeTransactionId(round);
  const winId = winTransactionId(round);
  return {
    roundId,
    playerId: log.playerId,
    currency,
    status,
    stake: stakeId === undefined ? undefined : { transactionId: stakeId, amountMinor: stakeMinor },
    win:
      winId === undefined || !hasOutcome(round)
        ? undefined
        : { transactionId: winId, amountMinor: round.outcome.winMinor },
    updatedAtMs,
  };
}

/** Whether money is still owed in either direction: `isFinal` of the round, the other way round. */
export function isUnfinished({ status, win }: AccountedRound): boolean {
  return status === 'INTENT' || status === 'VOIDING' || (status === 'COMMITTED' && win !== undefined);
}
