import type { EngineVersion } from '../engines/engine-version.ts';
import { FaultError } from '../foundation/errors.ts';
import { currencyOf } from '../money/currency.ts';
import { winFor } from '../money/money.ts';
import { gameBefore, hasOutcome, type Round } from './round.ts';

/** Reads what an engine declared when it was published. A read may be some seconds old. */
export type FindEngineVersion = (
  hash: string,
) => Promise<Pick<EngineVersion, 'maxWinMillionths'> | undefined>;

/**
 * Checks that a win is the payout times the bet, and is within what the engine declared for a paid action and its bonus.
 * Recovery asks before it credits. Each round is authentic by then, so this finds a mistake of our own, or somebody who
 * has the data key.
 * @throws FaultError CORRUPT_RECORD
 */
export async function assertWinFollows(engineVersion: FindEngineVersion, round: Round): Promise<void> {
  if (!hasOutcome(round)) return;
  const { payoutMillionths, winMinor } = round.outcome;
  if (winMinor !== winFor(payoutMillionths, round.baseBetMinor, currencyOf(round.currency))) {
    throw corrupt(round, 'The win of a round is not its payout times its bet');
  }
  const { maxWinMillionths } = (await engineVersion(round.engineHash)) ?? {};
  const wonBefore = gameBefore(round)?.payoutMillionths ?? 0n;
  if (maxWinMillionths === undefined || wonBefore + payoutMillionths > maxWinMillionths) {
    throw corrupt(round, 'The win of a round is more than its engine declared');
  }
}

function corrupt({ roundId }: Round, message: string): FaultError {
  return new FaultError('CORRUPT_RECORD', message, { roundId });
}
