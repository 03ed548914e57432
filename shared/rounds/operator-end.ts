import type { RoundTerms } from './round.ts';

/** The round in which an operator ends a bonus has this action. No engine can give an action a name with a slash. */
export const OPERATOR_END = 'operator/end';

/** The wallet keeps the player's account in another currency than that of the bonus. */
export const CURRENCY_CHANGED = 'CURRENCY_CHANGED';

/**
 * Says whether the player had no account in the currency of a round with this outcome, as the engine's view has it. The
 * balances on record are then those of no account.
 */
export function isWithoutAccount(round: Pick<RoundTerms, 'kind' | 'action'>, outcome: unknown): boolean {
  return isOperatorEnd(round) && (outcome as { readonly reason?: unknown }).reason === CURRENCY_CHANGED;
}

export function isOperatorEnd({ kind, action }: Pick<RoundTerms, 'kind' | 'action'>): boolean {
  return kind === 'bonus' && action === OPERATOR_END;
}
