import { sameBytes } from '../foundation/bytes.ts';
import { ConflictError, FaultError } from '../foundation/errors.ts';
import type { Round } from './round.ts';

/**
 * Checks that a round follows the one that the ledger has before it. Each round names the intent of its predecessor by its
 * MAC, so a row that vanished or that was put in between is noticed.
 * @throws FaultError CORRUPT_RECORD
 */
export function assertFollows(round: Round, before: Round): void {
  const follows = round.number === before.number + 1 && sameBytes(round.previousIntentMac, before.intentMac);
  if (follows) return;
  throw new FaultError('CORRUPT_RECORD', `Round ${round.number} does not follow round ${before.number}`, {
    roundId: round.roundId,
  });
}

/** Nobody plays on a log whose rounds were changed by somebody else, until a person has looked at it. */
export function logFrozen(): ConflictError {
  return new ConflictError('LOG_FROZEN', 'The rounds of this player at this game are being looked into');
}
