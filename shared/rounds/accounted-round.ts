import type { Movement } from '../wallets/wallet-books.ts';
import { hasOutcome, type Round, type RoundStatus, stakeTransactionId, winTransactionId } from './round.ts';
import type { PlayerId, RoundId, WalletId } from '../foundation/ids.ts';

/** A round with only the amounts that matter to reconciliation. The wallet's books are compared with this. */
export interface AccountedRound {
  readonly roundId: RoundId;
  readonly playerId: PlayerId;
  /** The round is on the books of this wallet, and of no other. */
  readonly walletId: WalletId;
  readonly currency: string;
  readonly status: RoundStatus;
  /** It is undefined where the round has no stake. */
  readonly stake: OwedMovement | undefined;
  /** It is undefined where the round has no win. A bet-win has the transaction id of the stake. */
  readonly win: OwedMovement | undefined;
  /** The round belongs to the period of this time, however late it ended. */
  readonly startedAtMs: number;
  /** The round came to its status at this time. A final round ended then. */
  readonly updatedAtMs: number;
}

export type OwedMovement = Pick<Movement, 'transactionId' | 'amountMinor'>;

export function accountedRound(round: Round): AccountedRound {
  const { roundId, log, walletId, currency, status, stakeMinor, startedAtMs, updatedAtMs } = round;
  const stakeId = stakeTransactionId(round);
  const winId = winTransactionId(round);
  return {
    roundId,
    playerId: log.playerId,
    walletId,
    currency,
    status,
    stake: stakeId === undefined ? undefined : { transactionId: stakeId, amountMinor: stakeMinor },
    win:
      winId === undefined || !hasOutcome(round)
        ? undefined
        : { transactionId: winId, amountMinor: round.outcome.winMinor },
    startedAtMs,
    updatedAtMs,
  };
}

/** Says whether money is still owed in either direction. It is the opposite of the round's `isFinal`. */
export function isUnfinished({ status, win }: AccountedRound): boolean {
  return status === 'INTENT' || status === 'VOIDING' || (status === 'COMMITTED' && win !== undefined);
}
