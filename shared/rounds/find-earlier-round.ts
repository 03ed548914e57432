import { sameBytes } from '../foundation/bytes.ts';
import { RequestError } from '../foundation/errors.ts';
import { candidatesFor, type RequestIdentity } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import type { Round } from './round.ts';

/**
 * Finds the round that an earlier request with this key made, if it is among the last rounds of the log.
 * @param newest is the newest round of the log
 * @throws RequestError IDEMPOTENCY_KEY_REUSED where the earlier request was another one
 */
export async function findEarlierRound(
  ledger: Pick<Ledger, 'get'>,
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

function ofSameRequest(round: Round, { requestHash }: RequestIdentity): Round {
  if (sameBytes(round.idempotency.requestHash, requestHash)) return round;
  throw new RequestError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request');
}
