import type { RoundTerms } from './round.ts';

/** The round in which an operator ends a bonus has this action. No engine can give an action a name with a slash. */
export const OPERATOR_END = 'operator/end';

export function isOperatorEnd({ kind, action }: Pick<RoundTerms, 'kind' | 'action'>): boolean {
  return kind === 'bonus' && action === OPERATOR_END;
}
