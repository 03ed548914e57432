import type { RoundId, TransactionId } from '../foundation/ids.ts';

export type MoneyMovement = 'debit' | 'credit' | 'bet-win';

/** Derives the id, which is never random. A repeat by any actor, at any time, names the same transaction. */
export function transactionId(roundId: RoundId, movement: MoneyMovement): TransactionId {
  return `${roundId}:${movement}` as TransactionId;
}
