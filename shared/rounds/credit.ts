import type { Clock } from '../foundation/clock.ts';
import { FaultError } from '../foundation/errors.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import type { Wallet } from '../wallets/wallet.ts';
import { advance } from './advance-round.ts';
import type { Ledger } from './ledger.ts';
import { owesCredit, type Round } from './round.ts';
import { creditTransaction } from './wallet-transaction.ts';

export interface CreditPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly wallets: { of(operator: Operator, walletId: WalletId): Pick<Wallet, 'credit'> };
}

/**
 * Credits the win of a committed round once. The win is owed until the wallet acknowledges it, so any other reply leaves
 * the round as it is.
 * @returns the round as it then stands
 * @throws FaultError CORRUPT_RECORD where the round has no stake, and the wallet has credited another win of its number
 */
export async function credit(ports: CreditPorts, operator: Operator, round: Round): Promise<Round> {
  if (!owesCredit(round)) return round;
  const reply = await ports.wallets.of(operator, round.walletId).credit(creditTransaction(round));
  if (reply.kind === 'unknown' && reply.reason === 'TRANSACTION_MISMATCH') assertCreditedOnce(round);
  if (reply.kind !== 'acknowledged') return round;
  const event = { type: 'CREDIT_ACKNOWLEDGED', atMs: ports.clock.nowMs() } as const;
  const credited = await advance(ports.ledger, round, event);
  return credited ?? (await ports.ledger.get(round)) ?? round;
}

/** A bonus action whose rows vanished was played again. Its win stays owed, and alarms ring until a person has looked. */
function assertCreditedOnce({ stakeMinor, roundId }: Round): void {
  if (stakeMinor > 0n) return;
  throw new FaultError('CORRUPT_RECORD', 'The wallet has credited another win of this number', { roundId });
}
