import { FaultError } from '../foundation/errors.ts';
import type { WalletTransaction } from '../wallets/wallet.ts';
import { hasOutcome, type Round, type RoundTerms, stakeMovementOf } from './round.ts';
import { transactionId } from './transaction-id.ts';

/** Makes the debit of a round, or its bet-win. The same round always makes the same transaction, whoever sends it. */
export function stakeTransaction(round: RoundTerms): WalletTransaction {
  return {
    ...roundOnTheWire(round),
    transactionId: transactionId(round, stakeMovementOf(round)),
    amountMinor: round.stakeMinor,
  };
}

/**
 * Makes the credit of a round's win. The same round always makes the same transaction, whoever sends it.
 * @throws FaultError ILLEGAL_TRANSITION for a round without an outcome: it has no win, which differs from a win of 0
 */
export function creditTransaction(round: Round): WalletTransaction {
  if (!hasOutcome(round)) {
    const { roundId } = round;
    throw new FaultError('ILLEGAL_TRANSITION', `A round that is ${round.status} has no win to credit`, {
      roundId,
    });
  }
  return {
    ...roundOnTheWire(round),
    transactionId: transactionId(round, 'credit'),
    amountMinor: round.outcome.winMinor,
  };
}

function roundOnTheWire({ roundId, log, sessionId, currency }: RoundTerms) {
  return { roundId, playerId: log.playerId, gameCode: log.gameCode, sessionId, currency };
}
