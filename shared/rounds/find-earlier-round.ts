import { sameBytes } from '../foundation/bytes.ts';
import { ConflictError, RequestError } from '../foundation/errors.ts';
import { candidatesFor, type RequestIdentity } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import { nextNumberAfter, type Round } from './round.ts';

type ReadLedger = Pick<Ledger, 'get'>;

/**
 * Finds the round that the same request made earlier. A request with a number finds it by that number, however old it is.
 * Another one finds it by its key, if it is among the last rounds of the log.
 * @param newest is the newest round of the log
 * @throws RequestError IDEMPOTENCY_KEY_REUSED where another request has used the key
 * @throws ConflictError ROUND_NUMBER_STALE, ROUND_NUMBER_AHEAD
 */
export async function findEarlierRound(
  ledger: ReadLedger,
  newest: Round | undefined,
  identity: RequestIdentity,
  roundNumber: number | undefined,
): Promise<Round | undefined> {
  if (roundNumber === undefined) return findByKey(ledger, newest, identity);
  const nextRoundNumber = nextNumberAfter(newest);
  if (roundNumber > nextRoundNumber) {
    throw new ConflictError('ROUND_NUMBER_AHEAD', `The next round has the number ${nextRoundNumber}`, {
      nextRoundNumber,
    });
  }
  if (newest && roundNumber < nextRoundNumber) return findByNumber(ledger, newest, identity, roundNumber);
  // A key that made another round is no key for this one.
  if (await findByKey(ledger, newest, identity)) throw keyReused();
  return undefined;
}

async function findByNumber(
  ledger: ReadLedger,
  newest: Round,
  identity: RequestIdentity,
  number: number,
): Promise<Round> {
  const round = number === newest.number ? newest : await ledger.get({ log: newest.log, number });
  if (round && isSameRequest(round, identity)) return round;
  throw staleNumber(newest);
}

async function findByKey(
  ledger: ReadLedger,
  newest: Round | undefined,
  identity: RequestIdentity,
): Promise<Round | undefined> {
  if (!newest) return undefined;
  if (hasKey(newest, identity)) return ofSameRequest(newest, identity);
  for (const number of candidatesFor(newest, identity.keyHash)) {
    const round = await ledger.get({ log: newest.log, number });
    if (round && hasKey(round, identity)) return ofSameRequest(round, identity);
  }
  return undefined;
}

function hasKey(round: Round, { keyHash }: RequestIdentity): boolean {
  return sameBytes(round.idempotency.keyHash, keyHash);
}

export function isSameRequest(round: Round, identity: RequestIdentity): boolean {
  return hasKey(round, identity) && sameBytes(round.idempotency.requestHash, identity.requestHash);
}

function ofSameRequest(round: Round, identity: RequestIdentity): Round {
  if (isSameRequest(round, identity)) return round;
  throw keyReused();
}

function keyReused(): RequestError {
  return new RequestError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request');
}

/** Another request has made the round of this number, or the round has left the ledger. */
export function staleNumber(newest: Round): ConflictError {
  const nextRoundNumber = nextNumberAfter(newest);
  const message = `This is not the request of that round; the next one has the number ${nextRoundNumber}`;
  return new ConflictError('ROUND_NUMBER_STALE', message, { nextRoundNumber });
}
