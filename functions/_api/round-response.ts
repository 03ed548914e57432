import type { RoundAnswer } from '../../shared/rounds/round-answer.ts';
import { viewOf } from './round-record.ts';

/** Writes the answer about a round as the API gives it. */
export function roundResponse<Balance>(answer: Omit<RoundAnswer, 'balance'> & { readonly balance: Balance }) {
  return {
    success: true,
    round_id: answer.roundId,
    ...viewOf(answer),
    win_amount: answer.win,
    balance: answer.balance,
    bonus_active: answer.bonusActive,
    next_round_number: answer.nextRoundNumber,
  };
}
