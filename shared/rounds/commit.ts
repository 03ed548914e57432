import type { Clock } from '../foundation/clock.ts';
import { type MinorAmount, minus, NOTHING, plus } from '../money/money.ts';
import { advance } from './advance-round.ts';
import type { Debited } from './debit.ts';
import type { Ledger } from './ledger.ts';
import type { OwnedIntent } from './reserve-round.ts';
import type { IntentRound, NewTerms, Outcome, Round } from './round.ts';
import { inFlight } from './round-answer.ts';
import type { RoundEvent } from './round-transitions.ts';
import type { SealedStep } from './step-engine.ts';

export interface CommitPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
}

/**
 * Writes outcome, win and state after in one write, and the round is COMMITTED. A round whose engine failed or whose
 * debit was not acknowledged becomes FAILED, REJECTED or VOIDING instead, and shows no outcome.
 * @throws ConflictError ROUND_IN_FLIGHT where another actor took the round over meanwhile
 */
export async function commit(
  ports: CommitPorts,
  { round }: OwnedIntent,
  stepped: SealedStep,
  debited: Debited,
): Promise<Round> {
  const committed = await advance(ports.ledger, round, eventOf(ports, round, stepped, debited));
  if (!committed) throw inFlight();
  return committed;
}

function eventOf(
  { clock }: CommitPorts,
  round: IntentRound,
  stepped: SealedStep,
  debited: Debited,
): RoundEvent {
  if (stepped.kind === 'failed') {
    return { type: 'ENGINE_FAILED', failure: stepped.failure, atMs: clock.nowMs() };
  }
  switch (debited.kind) {
    case 'refused': {
      const { refusal, earlierAttemptUnknown } = debited;
      return { type: 'DEBIT_REFUSED', refusal, earlierAttemptUnknown, atMs: clock.nowMs() };
    }
    case 'unknown':
      return { type: 'DEBIT_UNKNOWN', atMs: clock.nowMs() };
    case 'acknowledged': {
      const outcome = outcomeOf(round, stepped, debited.balanceMinor);
      const type = round.walletCalls === 'bet-win' ? 'BET_WIN_ACKNOWLEDGED' : 'DEBIT_ACKNOWLEDGED';
      return { type, outcome, atMs: clock.nowMs() };
    }
    case 'none':
      throw new TypeError('A step that did not fail was followed by no debit');
  }
}

/**
 * Computes the balance before the round, which no wallet tells. Part of a bet-win's win may have been spent before the
 * wallet told its balance, so the result may not be less than nothing.
 */
function balanceBefore(stakeMinor: MinorAmount, winMinor: MinorAmount, afterMinor: MinorAmount): MinorAmount {
  const beforeMinor = plus(minus(afterMinor, winMinor), stakeMinor);
  return beforeMinor < 0n ? NOTHING : beforeMinor;
}

/** @param balanceMinor is the wallet's balance after the debit; after a bet-win, the win is in it already */
export function outcomeOf(
  round: NewTerms,
  { step, winMinor, sealedStateAfter }: Extract<SealedStep, { kind: 'stepped' }>,
  balanceMinor: MinorAmount,
): Outcome {
  const balanceAfterMinor = round.walletCalls === 'bet-win' ? balanceMinor : plus(balanceMinor, winMinor);
  return {
    payoutMillionths: step.payoutMillionths,
    winMinor,
    sealedStateAfter,
    view: step.view,
    bonusActive: step.bonusActive,
    balanceBeforeMinor: balanceBefore(round.stakeMinor, winMinor, balanceAfterMinor),
    balanceAfterMinor,
  };
}
