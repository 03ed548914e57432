import { FaultError } from '../foundation/errors.ts';
import { currencyOf } from '../money/currency.ts';
import { winFor } from '../money/money.ts';
import { hasOutcome, type Round } from './round.ts';

/**
 * Checks that a win is the payout times the bet, before recovery credits it. Each round is authentic by then, so this
 * finds a mistake of our own, or somebody who has the data key.
 * @throws FaultError CORRUPT_RECORD
 */
export function assertWinFollows(round: Round): void {
  if (!hasOutcome(round)) return;
  const { payoutMillionths, winMinor } = round.outcome;
  if (winMinor === winFor(payoutMillionths, round.baseBetMinor, currencyOf(round.currency))) return;
  throw new FaultError('CORRUPT_RECORD', 'The win of a round is not its payout times its bet', {
    roundId: round.roundId,
  });
}
