import { currencyOf } from '../money/currency.ts';
import { ConflictError, DependencyError, RoundRefusedError } from '../foundation/errors.ts';
import { formatAmount } from '../money/money.ts';
import { nextNumberAfter, owesCredit, type RejectedRound, type Round } from './round.ts';
import type { RefusalCode } from '../wallets/wallet.ts';
import { type RoundView, readView } from '../engines/round-view.ts';
import type { RoundId } from '../foundation/ids.ts';

/** The player gets this answer about a round. Amounts are decimal strings of the round's currency. */
export interface RoundAnswer extends RoundView {
  readonly roundId: RoundId;
  readonly win: string;
  readonly balance: string;
  /** The balance has a win in it that the wallet has not acknowledged. Only this changes when it has. */
  readonly winPending: boolean;
  /** The next round must be a bonus action. */
  readonly bonusActive: boolean;
  /** The log had this next number when the round was made. Later rounds do not change the answer. */
  readonly nextRoundNumber: number;
}

const refusalMessages: Readonly<Record<RefusalCode, string>> = {
  INSUFFICIENT_FUNDS: 'The balance does not cover the bet',
  LIMIT_REACHED: 'A limit set for this player has been reached',
  PLAYER_BLOCKED: 'The operator does not let this player play',
  WALLET_REFUSED: "The operator's wallet refused the bet",
};

/**
 * Makes the answer from the stored round alone, so that a repeated request gets the same bytes. `winPending` becomes a
 * header, and is no part of them.
 * @throws RoundRefusedError for a round without an outcome, ConflictError ROUND_IN_FLIGHT for one that is in flight
 */
export function answerTo(round: Round): RoundAnswer {
  const { roundId } = round;
  const nextRoundNumber = nextNumberAfter(round);
  switch (round.status) {
    case 'COMMITTED':
    case 'CREDITED': {
      const currency = currencyOf(round.currency);
      return {
        roundId,
        ...readView(round.outcome.view),
        win: formatAmount(round.outcome.winMinor, currency),
        balance: formatAmount(round.outcome.balanceAfterMinor, currency),
        winPending: owesCredit(round),
        bonusActive: round.outcome.bonusActive,
        nextRoundNumber,
      };
    }
    case 'REJECTED':
      throw refused(round);
    case 'FAILED':
      throw new RoundRefusedError(
        'ROUND_FAILED',
        'The game failed before any money moved; nothing was charged',
        { roundId, nextRoundNumber },
      );
    case 'VOIDING':
    case 'VOIDED':
      throw new RoundRefusedError('ROUND_VOIDED', 'The bet could not be settled; its stake is given back', {
        roundId,
        nextRoundNumber,
      });
    case 'INTENT':
      throw inFlight();
  }
}

/** The wallet may be reached again, but this round is over. Another one needs another key. */
function refused(round: RejectedRound): RoundRefusedError | DependencyError {
  const { refusal, roundId } = round;
  const told = { roundId, nextRoundNumber: nextNumberAfter(round) };
  if (refusal !== 'WALLET_UNAVAILABLE') {
    return new RoundRefusedError(refusal, refusalMessages[refusal], told);
  }
  const message = "The operator's wallet could not be reached; nothing was taken, and this round is over";
  return new DependencyError(refusal, message, told);
}

export function inFlight(): ConflictError {
  return new ConflictError('ROUND_IN_FLIGHT', 'A round of this player at this game is still in flight', {
    retryAfterMs: 1_000,
  });
}
