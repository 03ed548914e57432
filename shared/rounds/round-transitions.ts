import { FaultError } from '../foundation/errors.ts';
import type { Outcome, Round, RoundRefusal, RoundStatus, VoidReason } from './round.ts';

/** A round can have these events. `atMs` stamps the write. */
export type RoundEvent =
  | { readonly type: 'DEBIT_ACKNOWLEDGED'; readonly outcome: Outcome; readonly atMs: number }
  | { readonly type: 'BET_WIN_ACKNOWLEDGED'; readonly outcome: Outcome; readonly atMs: number }
  | {
      readonly type: 'DEBIT_REFUSED';
      readonly refusal: RoundRefusal;
      readonly earlierAttemptUnknown: boolean;
      readonly atMs: number;
    }
  | { readonly type: 'DEBIT_UNKNOWN'; readonly atMs: number }
  | { readonly type: 'ENGINE_FAILED'; readonly failure: string; readonly atMs: number }
  | { readonly type: 'TAKEN_OVER'; readonly atMs: number }
  | { readonly type: 'ABANDONED'; readonly atMs: number }
  | { readonly type: 'ROLLBACK_ACKNOWLEDGED'; readonly atMs: number }
  | { readonly type: 'CREDIT_ACKNOWLEDGED'; readonly atMs: number };

/**
 * This is the round's state machine, and the only place that knows which event leads where. It is pure. The ledger signs
 * the result, and writes it on the condition that `round` is still what is stored.
 * @throws FaultError ILLEGAL_TRANSITION
 */
export function transition(round: Round, event: RoundEvent): Round {
  switch (event.type) {
    case 'DEBIT_ACKNOWLEDGED':
    case 'BET_WIN_ACKNOWLEDGED':
      return toCommitted(round, event);
    case 'DEBIT_REFUSED': {
      const { status: _, ...rest } = expect(round, 'INTENT', event);
      // An earlier attempt that is unknown may have emptied the balance that this refusal saw.
      return event.earlierAttemptUnknown || mayHaveBeenDebited(round)
        ? toVoiding(round, 'REFUSED_AFTER_UNKNOWN', event)
        : { ...rest, status: 'REJECTED', refusal: event.refusal, updatedAtMs: event.atMs };
    }
    case 'DEBIT_UNKNOWN':
      return toVoiding(expect(round, 'INTENT', event), 'DEBIT_UNKNOWN', event);
    case 'ENGINE_FAILED': {
      const { status: _, ...rest } = expect(round, 'INTENT', event);
      return mayHaveBeenDebited(round)
        ? toVoiding(round, 'ENGINE_FAILED_AFTER_UNKNOWN', event)
        : { ...rest, status: 'FAILED', failure: event.failure, updatedAtMs: event.atMs };
    }
    case 'TAKEN_OVER':
      return { ...expect(round, 'INTENT', event), epoch: round.epoch + 1, updatedAtMs: event.atMs };
    case 'ABANDONED':
      return { ...toVoiding(expect(round, 'INTENT', event), 'ABANDONED', event), epoch: round.epoch + 1 };
    case 'ROLLBACK_ACKNOWLEDGED': {
      const { status: _, ...rest } = expect(round, 'VOIDING', event);
      return { ...rest, status: 'VOIDED', updatedAtMs: event.atMs };
    }
    case 'CREDIT_ACKNOWLEDGED':
      return toCredited(round, event);
  }
}

/** A bet-win has credited the win already. */
function toCommitted(
  round: Round,
  event: Extract<RoundEvent, { type: 'DEBIT_ACKNOWLEDGED' | 'BET_WIN_ACKNOWLEDGED' }>,
): Round {
  const { status: _, ...rest } = expect(round, 'INTENT', event);
  const { outcome, atMs: updatedAtMs } = event;
  const isBetWin = event.type === 'BET_WIN_ACKNOWLEDGED';
  if (isBetWin !== (round.walletCalls === 'bet-win')) throw illegal(round, event);
  const status = isBetWin && outcome.winMinor > 0n ? 'CREDITED' : 'COMMITTED';
  return { ...rest, status, outcome, updatedAtMs };
}

/** An actor that held the round before this epoch may have reached the wallet. */
function mayHaveBeenDebited(round: Round): boolean {
  return round.epoch > 1;
}

function toVoiding(round: Round, reason: VoidReason, event: RoundEvent): Round {
  const { status: _, ...rest } = expect(round, 'INTENT', event);
  return { ...rest, status: 'VOIDING', reason, updatedAtMs: event.atMs };
}

function toCredited(round: Round, event: Extract<RoundEvent, { type: 'CREDIT_ACKNOWLEDGED' }>): Round {
  const { status: _, ...rest } = expect(round, 'COMMITTED', event);
  if (rest.outcome.winMinor === 0n) throw illegal(round, event);
  return { ...rest, status: 'CREDITED', updatedAtMs: event.atMs };
}

function expect<S extends RoundStatus>(
  round: Round,
  status: S,
  event: RoundEvent,
): Extract<Round, { status: S }> {
  if (round.status !== status) throw illegal(round, event);
  return round as Extract<Round, { status: S }>;
}

function illegal(round: Round, event: RoundEvent): FaultError {
  return new FaultError('ILLEGAL_TRANSITION', `A round that is ${round.status} cannot take ${event.type}`, {
    roundId: round.roundId,
  });
}
