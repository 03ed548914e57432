import type { RoundId, RoundLog, TransactionId } from '../foundation/ids.ts';
import type { MinorAmount } from '../money/money.ts';
import { logHashOf } from './round-address.ts';

export type MoneyMovement = 'debit' | 'credit' | 'bet-win';

interface NamedRound {
  readonly roundId: RoundId;
  readonly log: RoundLog;
  readonly number: number;
  readonly stakeMinor: MinorAmount;
  readonly intentMac: Uint8Array;
}

const MAC_BYTES = 8;

/**
 * Derives the id, which is never random. A repeat by any actor, at any time, names the same transaction. It carries 64
 * bits of the intent's MAC. So where rows have vanished and a number is played again, no old transaction stands for the new
 * one.
 *
 * A round without a stake is named by its log and its number alone. A bonus action that is played again thus meets the
 * credit of the first one at the wallet.
 */
export function transactionId(round: NamedRound, movement: MoneyMovement): TransactionId {
  const { roundId, log, number, stakeMinor, intentMac } = round;
  const name =
    stakeMinor === 0n
      ? `${logHashOf(log)}:${number}`
      : `${roundId}:${Buffer.from(intentMac.subarray(0, MAC_BYTES)).toString('hex')}`;
  return `${name}:${movement}` as TransactionId;
}
