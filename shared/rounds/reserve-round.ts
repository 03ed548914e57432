import type { Cipher } from '../encryption/cipher.ts';
import type { Engine } from '../engines/engines.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Random } from '../foundation/random.ts';
import type { ConflictError } from '../foundation/errors.ts';
import type { MinorAmount } from '../money/money.ts';
import type { CheckedRequest } from './check-request.ts';
import { isSameRequest, staleNumber } from './find-earlier-round.ts';
import { earlierKeysAfter, type NumberedRequest, type RequestIdentity } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import { type IntentRound, nextNumberAfter, type Round } from './round.ts';
import { inFlight } from './round-answer.ts';
import { type RoundOpening, sealOpening } from './round-opening.ts';
import { newRoundId } from '../foundation/ids.ts';
import { currentWallet } from '../operators/operator.ts';

export interface ReservePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly cipher: Cipher;
}

/** An intent, held by the actor that owns its epoch. */
export interface OwnedIntent {
  readonly round: IntentRound;
  readonly engine: Engine;
  readonly opening: RoundOpening;
  /** Only a round without a stake has this balance, because no debit will tell it. */
  readonly knownBalanceMinor: MinorAmount | undefined;
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
  const { session, newest, operator, request, engine, action, opening, bet, gameSoFar } = checked;
  const { operatorId, playerId, gameCode, sessionId, currency } = session;
  const place = { log: { operatorId, playerId, gameCode }, number: nextNumberAfter(newest) };
  const { walletId, walletCalls } = currentWallet(operator);
  const nowMs = ports.clock.nowMs();
  const roundId = newRoundId(ports.random);
  const sealedOpening = await sealOpening(ports.cipher, place, opening);
  const round: IntentRound = {
    ...place,
    roundId,
    sessionId,
    kind: request.kind,
    action,
    currency,
    ...bet,
    walletId,
    walletCalls: bet.stakeMinor > 0n ? walletCalls : 'debit-credit',
    engineHash: engine.hash,
    gameSoFar,
    sealedOpening,
    idempotency: { ...identity, earlierKeys: earlierKeysAfter(newest) },
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    epoch: 1,
    status: 'INTENT',
  };
  const result = await ports.ledger.append(round);
  if (!result.appended) throw overtaken(request, identity, result.existing);
  return { round, engine, opening, knownBalanceMinor: checked.knownBalanceMinor };
}

/** A request for this number only has no other round to wait for. */
function overtaken(
  { roundNumber }: NumberedRequest,
  identity: RequestIdentity,
  existing: Round,
): ConflictError {
  if (roundNumber === undefined || isSameRequest(existing, identity)) return inFlight();
  return staleNumber(existing);
}
