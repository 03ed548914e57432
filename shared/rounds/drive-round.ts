import type { Clock } from '../foundation/clock.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import type { Wallet } from '../wallets/wallet.ts';
import { credit } from './credit.ts';
import type { Ledger } from './ledger.ts';
import { rollback } from './rollback.ts';
import type { Round } from './round.ts';

export interface DrivePorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly wallets: { of(operator: Operator, walletId: WalletId): Pick<Wallet, 'credit' | 'rollback'> };
}

/** Drives a round that is past its intent. It credits the win that is owed, or rolls the debit back. */
export function creditOrRollback(ports: DrivePorts, operator: Operator, round: Round): Promise<Round> {
  return round.status === 'VOIDING' ? rollback(ports, operator, round) : credit(ports, operator, round);
}
