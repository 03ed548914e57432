import type { Cipher } from '../encryption/cipher.ts';
import type { Engine } from '../engines/engines.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ConflictError } from '../foundation/errors.ts';
import type { RoundLog } from '../foundation/ids.ts';
import type { Session } from '../sessions/session.ts';
import type { CheckedRequest } from './check-request.ts';
import { isSameRequest, staleNumber } from './find-earlier-round.ts';
import { earlierKeysAfter, type NumberedRequest, type RequestIdentity } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import { type IntentRound, type NewTerms, nextNumberAfter, type Round } from './round.ts';
import { roundIdOf } from './round-address.ts';
import { inFlight } from './round-answer.ts';
import { type RoundOpening, sealOpening } from './round-opening.ts';
import { currentWallet } from '../operators/operator.ts';

export interface ReservePorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly cipher: Cipher;
}

/** An intent, held by the actor that owns its epoch. */
export interface OwnedIntent {
  readonly round: IntentRound;
  readonly engine: Engine;
  readonly opening: RoundOpening;
}

/**
 * Writes the intent, so that the round is on record before any money moves.
 * @throws ConflictError ROUND_IN_FLIGHT or ROUND_NUMBER_STALE where another request has stored a round of this number meanwhile
 */
export async function reserve(
  ports: ReservePorts,
  checked: CheckedRequest,
  identity: RequestIdentity,
): Promise<OwnedIntent> {
  const { request, engine, opening } = checked;
  const terms = await termsOf(ports, checked, identity);
  const intent = { ...terms, epoch: 1, updatedAtMs: terms.startedAtMs, status: 'INTENT' } as const;
  const result = await ports.ledger.append(intent);
  if (!result.appended) throw overtaken(request, identity, result.existing);
  // A late answer may find the intent with somebody else, who has taken it over since.
  if (result.round.status !== 'INTENT' || result.round.epoch > intent.epoch) throw inFlight();
  return { round: result.round, engine, opening };
}

/** The terms of a round follow from this. */
export type Termed = Omit<CheckedRequest, 'session' | 'request' | 'knownBalanceMinor'> & {
  readonly session: RoundLog & Pick<Session, 'sessionId' | 'currency'>;
  readonly request: Pick<NumberedRequest, 'kind'>;
};

/** Fixes the terms of a round: all that never changes afterwards. */
export async function termsOf(
  ports: Pick<ReservePorts, 'clock' | 'cipher'>,
  checked: Termed,
  identity: RequestIdentity,
): Promise<NewTerms> {
  const { session, newest, operator, request, engine, action, opening, bet, gameSoFar } = checked;
  const { operatorId, playerId, gameCode, sessionId, currency } = session;
  const log = { operatorId, playerId, gameCode };
  const number = nextNumberAfter(newest);
  const startedAtMs = ports.clock.nowMs();
  const place = { log, number, roundId: roundIdOf(log, number, startedAtMs) };
  const { walletId, walletCalls } = currentWallet(operator);
  return {
    ...place,
    sessionId,
    kind: request.kind,
    action,
    currency,
    ...bet,
    walletId,
    walletCalls: bet.stakeMinor > 0n ? walletCalls : 'debit-credit',
    engineHash: engine.hash,
    gameSoFar,
    sealedOpening: await sealOpening(ports.cipher, place, opening),
    idempotency: { ...identity, earlierKeys: earlierKeysAfter(newest) },
    startedAtMs,
    previousIntentMac: newest?.intentMac ?? new Uint8Array(),
  };
}

/** A request for this number only has no other round to wait for. */
export function overtaken(
  { roundNumber }: NumberedRequest,
  identity: RequestIdentity,
  existing: Round,
): ConflictError {
  if (roundNumber === undefined || isSameRequest(existing, identity)) return inFlight();
  return staleNumber(existing);
}
