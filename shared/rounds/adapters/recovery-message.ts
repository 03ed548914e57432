import * as z from 'zod';
import { FaultError } from '../../foundation/errors.ts';
import { GameCode, OperatorId, PlayerId, RoundNumber } from '../../foundation/ids.ts';
import { readJson } from '../../foundation/json-text.ts';
import type { RecoveryRequest } from '../recovery-queue.ts';

/** So many attempts last some 1,900 years at a minute each. */
const MAX_ATTEMPTS = 999_999_999;
/** No calendar has a later time (ECMA-262, time range). */
const LATEST_MS = 8_640_000_000_000_000;

const RecoveryMessage = z.strictObject({
  version: z.literal(1),
  purpose: z.enum(['finish', 'confirm-void']),
  attempt: z.int().min(0).max(MAX_ATTEMPTS),
  operator_id: OperatorId,
  player_id: PlayerId,
  game_code: GameCode,
  round_number: RoundNumber,
  owed_since_ms: z.int().min(0).max(LATEST_MS).optional(),
  claimed_at_ms: z.int().min(0).max(LATEST_MS).optional(),
  once: z.boolean().optional(),
});

export function encodeRecoveryMessage(request: RecoveryRequest): string {
  const { log, number, purpose, attempt, owedSinceMs, claimedAtMs, once } = request;
  return JSON.stringify({
    version: 1,
    purpose,
    attempt,
    operator_id: log.operatorId,
    player_id: log.playerId,
    game_code: log.gameCode,
    round_number: number,
    owed_since_ms: owedSinceMs,
    claimed_at_ms: claimedAtMs,
    once,
  } satisfies z.infer<typeof RecoveryMessage>);
}

/**
 * Names the operator for whom a message waits. A wallet that is down can fill the queue with its wins. SQS then hands
 * out the messages of the other groups first (Amazon SQS Developer Guide, "Amazon SQS fair queues").
 */
export function recoveryGroup({ log }: RecoveryRequest): string {
  return log.operatorId;
}

/** @throws FaultError CORRUPT_RECORD */
export function decodeRecoveryMessage(body: string): RecoveryRequest {
  const message = parse(body);
  const { operator_id: operatorId, player_id: playerId, game_code: gameCode } = message;
  return {
    log: { operatorId, playerId, gameCode },
    number: message.round_number,
    purpose: message.purpose,
    attempt: message.attempt,
    owedSinceMs: message.owed_since_ms,
    claimedAtMs: message.claimed_at_ms,
    once: message.once,
  };
}

function parse(body: string): z.infer<typeof RecoveryMessage> {
  try {
    return RecoveryMessage.parse(readJson(body));
  } catch (cause) {
    throw new FaultError('CORRUPT_RECORD', 'A message of the recovery queue cannot be read', { cause });
  }
}
