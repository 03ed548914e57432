import { DependencyError } from '../../foundation/errors.ts';
import { readJson } from '../../foundation/json-text.ts';
import { minorAmount } from '../../money/money.ts';
import type { Outcome, Round, RoundRefusal, VoidReason } from '../../rounds/round.ts';
import type { RoundMacs } from '../../rounds/round-macs.ts';
import { type ArchiveRecord, archiveRecord } from './archive-record.ts';

/**
 * Makes the round of a line again. It is undefined where the line is not what the ledger signed. The MACs of the round are
 * checked. Written as a line, it must then be the same text. A changed field is therefore found, also where no MAC covers it.
 * @throws DependencyError SERVICE_UNAVAILABLE
 */
export async function signedRound(macs: Pick<RoundMacs, 'check'>, line: string): Promise<Round | undefined> {
  try {
    const record = readJson(line) as ArchiveRecord;
    const round = await macs.check({ ...termsOf(record), ...resultOf(record) });
    return JSON.stringify(archiveRecord(round)) === line ? round : undefined;
  } catch (error) {
    // A line may hold anything, so whatever else fails is due to the line.
    if (error instanceof DependencyError) throw error;
    return undefined;
  }
}

function termsOf(record: ArchiveRecord) {
  return {
    log: { operatorId: record.operator_id, playerId: record.player_id, gameCode: record.game_code },
    number: record.round_number,
    roundId: record.round_id,
    sessionId: record.session_id,
    kind: record.kind,
    action: record.action,
    currency: record.currency,
    baseBetMinor: minorOf(record.base_bet),
    stakeMinor: minorOf(record.stake),
    walletId: record.wallet_id,
    walletCalls: record.wallet_calls,
    engineHash: record.engine_sha256,
    gameSoFar: gameOf(record),
    sealedOpening: bytesOf(record.sealed_start),
    idempotency: {
      keyHash: bytesOf(record.idempotency_key_hash),
      requestHash: bytesOf(record.request_hash),
      earlierKeys: bytesOf(record.earlier_key_hashes),
    },
    startedAtMs: Date.parse(record.started_at),
    previousIntentMac: bytesOf(record.previous_intent_mac),
    epoch: record.epoch,
    updatedAtMs: Date.parse(record.ended_at),
    mac: bytesOf(record.mac),
  };
}

function gameOf({
  bonus_opened_by: openedBy,
  bonus_steps: steps,
  bonus_payout_millionths: payout,
}: ArchiveRecord) {
  return openedBy === null
    ? undefined
    : { openedBy, steps: steps ?? 0, payoutMillionths: BigInt(payout ?? 0) };
}

type Result = Round extends infer R
  ? R extends Round
    ? Pick<R, 'status' | Extract<keyof R, 'outcome' | 'refusal' | 'failure' | 'reason'>>
    : never
  : never;

function resultOf(record: ArchiveRecord): Result {
  switch (record.status) {
    case 'COMMITTED':
    case 'CREDITED':
      return { status: record.status, outcome: outcomeOf(record) };
    case 'REJECTED':
      return { status: record.status, refusal: record.refusal as RoundRefusal };
    case 'FAILED':
      return { status: record.status, failure: record.failure as string };
    case 'VOIDING':
    case 'VOIDED':
      return { status: record.status, reason: record.void_reason as VoidReason };
    case 'INTENT':
      return { status: record.status };
  }
}

function outcomeOf(record: ArchiveRecord): Outcome {
  return {
    payoutMillionths: BigInt(record.payout_millionths ?? ''),
    winMinor: minorOf(record.win),
    sealedStateAfter: bytesOf(record.sealed_state_after),
    view: record.view ?? '',
    bonusActive: record.bonus_active ?? false,
    balanceBeforeMinor: minorOf(record.balance_before),
    balanceAfterMinor: minorOf(record.balance_after),
  };
}

/** Every amount of a line has all decimals of its currency. */
function minorOf(amount: string | null) {
  return minorAmount(BigInt((amount ?? '').replace('.', '')));
}

function bytesOf(base64: string | null): Uint8Array {
  return new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
}
