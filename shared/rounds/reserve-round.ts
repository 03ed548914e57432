import type { Cipher } from '../encryption/cipher.ts';
import type { Engine } from '../engines/engines.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Random } from '../foundation/random.ts';
import type { MinorAmount } from '../money/money.ts';
import type { CheckedRequest } from './check-request.ts';
import { earlierKeysAfter, type RequestIdentity } from './idempotency.ts';
import type { Ledger } from './ledger.ts';
import type { IntentRound } from './round.ts';
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
 * @throws ConflictError ROUND_IN_FLIGHT where another request has stored a round of this number meanwhile
 */
export async function reserve(
  ports: ReservePorts,
  checked: CheckedRequest,
  identity: RequestIdentity,
): Promise<OwnedIntent> {
  const { session, newest, operator, request, engine, action, opening, bet, gameSoFar } = checked;
  const { operatorId, playerId, gameCode, sessionId, currency } = session;
  const place = { log: { operatorId, playerId, gameCode }, number: (newest?.number ?? 0) + 1 };
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
  const { appended } = await ports.ledger.append(round);
  if (!appended) throw inFlight();
  return { round, engine, opening, knownBalanceMinor: checked.knownBalanceMinor };
}
