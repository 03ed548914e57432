import type * as z from 'zod';
import { currencyOf } from '../../shared/money/currency.ts';
import { formatAmount, type MinorAmount } from '../../shared/money/money.ts';
import { isWithoutAccount } from '../../shared/rounds/operator-end.ts';
import { hasOutcome, isFinal, type Round } from '../../shared/rounds/round.ts';
import { type RoundView, readView } from '../../shared/engines/round-view.ts';
import type { RoundRecord } from './responses.ts';

type Json = z.infer<typeof RoundRecord>;

/** Writes a stored round as the API shows it. The seed and the engine's private state are not part of it. */
export function roundRecord(round: Round): Json {
  const currency = currencyOf(round.currency);
  const amount = (minor: MinorAmount) => formatAmount(minor, currency);
  return {
    round_id: round.roundId,
    number: round.number,
    session_id: round.sessionId,
    operator_id: round.log.operatorId,
    player_id: round.log.playerId,
    game_code: round.log.gameCode,
    engine_hash: round.engineHash,
    kind: round.kind,
    action: round.action,
    status: round.status,
    final: isFinal(round),
    reason: reasonOf(round),
    currency: round.currency,
    base_bet: amount(round.baseBetMinor),
    stake: amount(round.stakeMinor),
    ...resultOf(round, amount),
    started_at: new Date(round.startedAtMs).toISOString(),
    updated_at: new Date(round.updatedAtMs).toISOString(),
  };
}

type Result = Pick<Json, 'win' | 'balance_before' | 'balance_after' | keyof ReturnType<typeof viewOf>>;

function resultOf(round: Round, amount: (minor: MinorAmount) => string): Result {
  if (!hasOutcome(round)) {
    return {
      win: null,
      balance_before: null,
      balance_after: null,
      outcome: null,
      public_state: null,
      bonus_triggered: null,
    };
  }
  const { winMinor, balanceBeforeMinor, balanceAfterMinor, view } = round.outcome;
  const read = readView(view);
  const hasAccount = !isWithoutAccount(round, read.outcome);
  return {
    win: amount(winMinor),
    balance_before: hasAccount ? amount(balanceBeforeMinor) : null,
    balance_after: hasAccount ? amount(balanceAfterMinor) : null,
    ...viewOf(read),
  };
}

/** Writes the engine's view in the API's names. The host has validated the shapes before anything was stored. */
export function viewOf({ outcome, publicState, bonusTriggered }: RoundView) {
  return {
    outcome: outcome as Record<string, unknown>,
    public_state: publicState as Record<string, unknown>,
    bonus_triggered: bonusTriggered as Record<string, unknown> | null,
  };
}

function reasonOf(round: Round): string | null {
  switch (round.status) {
    case 'REJECTED':
      return round.refusal;
    case 'FAILED':
      return round.failure;
    case 'VOIDING':
    case 'VOIDED':
      return round.reason;
    default:
      return null;
  }
}
