import { currencyOf } from '../../money/currency.ts';
import { formatAmount } from '../../money/money.ts';
import { hasOutcome, type Round, stakeTransactionId, winTransactionId } from '../../rounds/round.ts';

/** The number rises whenever a field is added or changes its meaning. */
export const ARCHIVE_SCHEMA_VERSION = 3;

export type ArchiveRecord = ReturnType<typeof archiveRecord>;

/**
 * Makes the record of a round that the audit trail keeps. It has what GLI-19 V3.0, 2.8.2 asks for, and what a replay
 * needs. Times are RFC 3339 in UTC, money is decimal strings in major units, and bytes are base64. `sealed_` bytes are
 * encrypted. Fields that a round does not have are null, so that every line has the same columns.
 */
export function archiveRecord(round: Round) {
  const { log, idempotency } = round;
  const currency = currencyOf(round.currency);
  return {
    schema_version: ARCHIVE_SCHEMA_VERSION,
    operator_id: log.operatorId,
    player_id: log.playerId,
    game_code: log.gameCode,
    round_number: round.number,
    round_id: round.roundId,
    session_id: round.sessionId,
    kind: round.kind,
    action: round.action,
    status: round.status,
    refusal: round.status === 'REJECTED' ? round.refusal : null,
    failure: round.status === 'FAILED' ? round.failure : null,
    void_reason: round.status === 'VOIDING' || round.status === 'VOIDED' ? round.reason : null,
    started_at: new Date(round.startedAtMs).toISOString(),
    ended_at: new Date(round.updatedAtMs).toISOString(),
    epoch: round.epoch,
    currency: currency.code,
    currency_decimals: currency.decimals,
    base_bet: formatAmount(round.baseBetMinor, currency),
    stake: formatAmount(round.stakeMinor, currency),
    wallet_id: round.walletId,
    wallet_calls: round.walletCalls,
    debit_transaction_id: stakeTransactionId(round) ?? null,
    ...outcomeFields(round),
    engine_sha256: round.engineHash,
    sealed_start: base64(round.sealedOpening),
    bonus_opened_by: round.gameSoFar?.openedBy ?? null,
    bonus_steps: round.gameSoFar?.steps ?? null,
    bonus_payout_millionths: round.gameSoFar?.payoutMillionths.toString() ?? null,
    idempotency_key_hash: base64(idempotency.keyHash),
    request_hash: base64(idempotency.requestHash),
    earlier_key_hashes: base64(idempotency.earlierKeys),
    previous_intent_mac: base64(round.previousIntentMac),
    intent_mac: base64(round.intentMac),
    mac: base64(round.mac),
  };
}

function outcomeFields(round: Round) {
  const currency = currencyOf(round.currency);
  const outcome = hasOutcome(round) ? round.outcome : undefined;
  return {
    win: outcome ? formatAmount(outcome.winMinor, currency) : null,
    payout_millionths: outcome ? outcome.payoutMillionths.toString() : null,
    credit_transaction_id: winTransactionId(round) ?? null,
    balance_before: outcome ? formatAmount(outcome.balanceBeforeMinor, currency) : null,
    balance_after: outcome ? formatAmount(outcome.balanceAfterMinor, currency) : null,
    bonus_active: outcome ? outcome.bonusActive : null,
    // The view is a string and not an object, because the bytes that the engine wrote are the record.
    view: outcome ? outcome.view : null,
    sealed_state_after: outcome ? base64(outcome.sealedStateAfter) : null,
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
