import type { Movement } from '../wallets/wallet-books.ts';
import { hasOutcome, type Round, type RoundStatus, stakeTransactionId, winTransactionId } from './round.ts';
import type { PlayerId, RoundId } from '../foundation/ids.ts';

/** A round as far as its money goes: what the wallet's books are compared with. */
export interface AccountedRound {
  readonly roundId: RoundId;
  readonly playerId: PlayerId;
  readonly currency: string;
  readonly status: RoundStatus;
  /** Undefined where the round has no stake. */
  readonly stake: OwedMovement | undefined;
  /** Undefined where the round has no win. A bet-win has the transaction id of the stake. */
  readonly win: OwedMovement | undefined;
  /** When it came to its status; of a final round, when it ended. */
  readonly updatedAtMs: number;
}

export type OwedMovement = Pick<Movement, 'transactionId' | 'amountMinor'>;

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
