export type MoneyMovement = 'debit' | 'credit' | 'bet-win';

/** Derived, never random: a retry by anybody, at any time, names the same transaction. */
export function transactionId(roundId: string, movement: MoneyMovement): string {
  return `${roundId}:${movement}`;
}
