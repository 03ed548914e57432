import type { Clock } from '../foundation/clock.ts';
import type { WalletId } from '../foundation/ids.ts';
import type { Operator } from '../operators/operator.ts';
import type { Wallet } from '../wallets/wallet.ts';
import { advance } from './advance-round.ts';
import type { Ledger } from './ledger.ts';
import type { Round } from './round.ts';
import { stakeTransaction } from './wallet-transaction.ts';

export interface RollbackPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly wallets: { of(operator: Operator, walletId: WalletId): Pick<Wallet, 'rollback'> };
}

/** The stream's consumer has judged a change by then, and has frozen the log where the change was not the product's own. */
export const JUDGED_AFTER_MS = 5_000;

/**
 * Rolls the debit of a voiding round back once, as soon as that is due. @returns the round as it then stands
 */
export async function rollback(ports: RollbackPorts, operator: Operator, round: Round): Promise<Round> {
  if (round.status !== 'VOIDING') return round;
  if (isToBeJudged(round) && !isJudged(round, ports.clock.nowMs())) return round;
  if (!(await sendRollback(ports, operator, round))) return round;
  const event = { type: 'ROLLBACK_ACKNOWLEDGED', atMs: ports.clock.nowMs() } as const;
  const voided = await advance(ports.ledger, round, event);
  return voided ?? (await ports.ledger.get(round)) ?? round;
}

/**
 * Says whether the rollback of a round waits for the consumer. An intent that somebody put back over a lost round can be
 * taken over or abandoned, which raises its epoch. Its stake must not be rolled back before that is judged.
 */
export function isToBeJudged({ status, epoch }: Round): boolean {
  return status === 'VOIDING' && epoch > 1;
}

function isJudged({ updatedAtMs }: Round, nowMs: number): boolean {
  return nowMs - updatedAtMs >= JUDGED_AFTER_MS;
}

/**
 * Sends the rollback of the debit, or of the bet-win. The answer is true where nothing of that call remains.
 * "Not found" counts as done for a rollback, and for no other call.
 */
export async function sendRollback(
  { wallets }: Pick<RollbackPorts, 'wallets'>,
  operator: Operator,
  round: Round,
): Promise<boolean> {
  const reply = await wallets.of(operator, round.walletId).rollback(stakeTransaction(round));
  return reply.kind !== 'unknown';
}
