import { type MoneyMovement, transactionId } from './transaction-id.ts';
import type { Operator } from '../operators/operator.ts';
import { owesCredit, type Round, stakeMovementOf } from './round.ts';
import { type RoundEvent, transition } from './round-transitions.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Ledger } from './ledger.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { Wallet, WalletTransaction } from '../wallets/wallet.ts';

/** As much of a wallet as brings a round to its end once its stake was asked for. */
export type SettlingWallet = Pick<Wallet, 'credit' | 'rollback'>;

export interface SettlementPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly wallets: { of(operator: Operator): SettlingWallet };
  readonly telemetry: Telemetry;
}

/** The same round always makes the same transaction, whoever asks. */
export function walletTransaction(round: Round, movement: MoneyMovement): WalletTransaction {
  const amountMinor = movement === 'credit' ? winOf(round) : round.stakeMinor;
  return {
    transactionId: transactionId(round.roundId, movement),
    roundId: round.roundId,
    playerId: round.log.playerId,
    gameCode: round.log.gameCode,
    sessionId: round.sessionId,
    currency: round.currency,
    amountMinor,
  };
}

function winOf(round: Round): bigint {
  return 'outcome' in round ? round.outcome.winMinor : 0n;
}

/** Writes what the event leads to. Undefined where another actor has moved the round on. */
export async function advance(ledger: Ledger, round: Round, event: RoundEvent): Promise<Round | undefined> {
  const next = transition(round, event);
  return (await ledger.save(next, { status: round.status, epoch: round.epoch })) ? next : undefined;
}

/**
 * Pays the win of a committed round once. Whatever the wallet answers but an acknowledgement leaves the round as it
 * is: a win is owed until it is paid.
 * @returns the round as it then stands
 */
export async function payWin(ports: SettlementPorts, operator: Operator, round: Round): Promise<Round> {
  if (!owesCredit(round)) return round;
  const reply = await ports.wallets.of(operator).credit(walletTransaction(round, 'credit'));
  if (reply.kind !== 'acknowledged') {
    reportUnsettled(ports.telemetry, round, reply.kind === 'refused' ? reply.code : reply.reason);
    return round;
  }
  const paid = await advance(ports.ledger, round, {
    type: 'CREDIT_ACKNOWLEDGED',
    atMs: ports.clock.nowMs(),
  });
  return paid ?? (await ports.ledger.get(round)) ?? round;
}

/** Gives the stake of a voiding round back once. @returns the round as it then stands */
export async function giveBack(ports: SettlementPorts, operator: Operator, round: Round): Promise<Round> {
  if (round.status !== 'VOIDING') return round;
  if (!(await rollBack(ports, operator, round))) return round;
  const voided = await advance(ports.ledger, round, {
    type: 'ROLLBACK_ACKNOWLEDGED',
    atMs: ports.clock.nowMs(),
  });
  if (voided) ports.telemetry.count('RoundVoided');
  return voided ?? (await ports.ledger.get(round)) ?? round;
}

/** Asks the wallet to undo the debit, or the bet-win. True where nothing of it remains: "not found" is an answer here, and only here. */
export async function rollBack(ports: SettlementPorts, operator: Operator, round: Round): Promise<boolean> {
  if (round.stakeMinor === 0n) return true;
  const reply = await ports.wallets.of(operator).rollback(walletTransaction(round, stakeMovementOf(round)));
  if (reply.kind === 'unknown') reportUnsettled(ports.telemetry, round, reply.reason);
  return reply.kind !== 'unknown';
}

/** Counts and logs a call of the wallet that was not acknowledged; the round's status says which one it was. */
export function reportUnsettled(telemetry: Telemetry, round: Round, reason: string): void {
  telemetry.count('WalletUnknown');
  if (reason === 'TRANSACTION_MISMATCH') telemetry.count('WalletTransactionMismatch');
  telemetry.warn('The wallet did not settle a round', {
    roundId: round.roundId,
    operatorId: round.log.operatorId,
    status: round.status,
    reason,
  });
}
