import { currencyOf } from '../money/currency.ts';
import { DependencyError, RgsError } from '../foundation/errors.ts';
import { winFor } from '../money/money.ts';
import type { Operator } from '../operators/operator.ts';
import { isFinal, type Outcome, type Round, stakeMovementOf } from './round.ts';
import type { RoundEvent } from './round-transitions.ts';
import type { Cipher } from '../encryption/cipher.ts';
import type { Engine, Engines, EngineStep } from '../engines/engines.ts';
import type { RecoveryQueue } from './recovery-queue.ts';
import type { Wallets } from '../wallets/wallet.ts';
import { keepsToDeclared } from './declared-limits.ts';
import { inFlight } from './round-answer.ts';
import { openStart, type Start, sealStateAfter } from './round-secrets.ts';
import {
  advance,
  giveBack,
  payWin,
  reportUnsettled,
  type SettlementPorts,
  walletTransaction,
} from './settle-round.ts';

export interface DrivePorts extends SettlementPorts {
  readonly wallets: Wallets;
  readonly engines: Engines;
  readonly cipher: Cipher;
  readonly recovery: RecoveryQueue;
}

export interface DriveSettings {
  /** How long the owner of an epoch may work before a repeated request takes the round over. */
  readonly leaseMs: number;
  /** Calls of the wallet for one debit before it counts as unknown. */
  readonly debitAttempts: number;
}

/** An intent in the hands of the actor that owns its epoch. */
export interface OwnedIntent {
  readonly operator: Operator;
  readonly round: Round;
  readonly engine: Engine;
  readonly start: Start;
  /** Read before anything was written, where no debit will tell it. */
  readonly knownBalanceMinor: bigint | undefined;
}

/**
 * Takes an intent to its end as far as the wallet allows: engine, debit, commit, credit. What is left undone is queued.
 * @returns the round as it then stands
 * @throws ConflictError ROUND_IN_FLIGHT where another actor took the round over meanwhile
 */
export async function driveIntent(
  ports: DrivePorts,
  settings: DriveSettings,
  owned: OwnedIntent,
): Promise<Round> {
  const decided = await decide(owned);
  const event =
    'failure' in decided
      ? ({ type: 'ENGINE_FAILED', failure: decided.failure, atMs: ports.clock.nowMs() } as const)
      : await stake(ports, settings, owned, decided);
  const round = await advance(ports.ledger, owned.round, event);
  if (!round) throw inFlight();
  countDecision(ports, round);
  const settled = await settle(ports, owned.operator, round);
  if (!isFinal(settled)) await askForRecovery(ports, settled);
  return settled;
}

/** A repeated request drives what its first attempt left unfinished. */
export async function resumeRound(
  ports: DrivePorts,
  settings: DriveSettings,
  operator: Operator,
  round: Round,
): Promise<Round> {
  const nowMs = ports.clock.nowMs();
  if (round.status === 'INTENT' && nowMs - round.updatedAtMs < settings.leaseMs) throw inFlight();
  // Recovery was asked for when the round came to this; one more request a repeat would pile up while a wallet is down.
  if (round.status !== 'INTENT') return settle(ports, operator, round);
  const engine = await ports.engines.load(round.engineHash);
  const start = await openStart(ports.cipher, round);
  const knownBalanceMinor = round.stakeMinor === 0n ? await balanceOf(ports, operator, round) : undefined;
  const taken = await advance(ports.ledger, round, { type: 'TAKEN_OVER', atMs: nowMs });
  if (!taken) throw inFlight();
  return driveIntent(ports, settings, { operator, round: taken, engine, start, knownBalanceMinor });
}

/** @throws DependencyError WALLET_UNAVAILABLE */
export async function balanceOf(
  ports: DrivePorts,
  operator: Operator,
  holder: Pick<Round, 'log' | 'currency'>,
): Promise<bigint> {
  const reply = await ports.wallets.of(operator).balance(holder.log.playerId, holder.currency);
  if (reply.kind === 'acknowledged') return reply.balanceMinor;
  throw new DependencyError('WALLET_UNAVAILABLE', "The operator's wallet did not tell the player's balance");
}

interface Decision {
  readonly step: EngineStep;
  readonly winMinor: bigint;
}

async function decide({
  engine,
  round,
  start,
}: OwnedIntent): Promise<Decision | { readonly failure: string }> {
  try {
    const action = engine.capabilities.actions.find(({ name }) => name === round.action);
    if (!action) return { failure: 'ENGINE_REJECTED' };
    const step = await engine.step({
      state: start.state,
      action: action.code,
      seed: start.seed,
      stepIndex: 0,
    });
    if (!keepsToDeclared(engine.capabilities, round, step)) return { failure: 'BAD_OUTPUT' };
    return { step, winMinor: winFor(step.payoutMillionths, round.baseBetMinor, currencyOf(round.currency)) };
  } catch (error) {
    if (error instanceof RgsError) return { failure: error.code };
    throw error;
  }
}

/** Takes the stake, or learns that it was not taken, or that nobody knows. */
async function stake(
  ports: DrivePorts,
  settings: DriveSettings,
  owned: OwnedIntent,
  decision: Decision,
): Promise<RoundEvent> {
  const { round } = owned;
  if (round.stakeMinor === 0n) {
    return committed(ports, owned, decision, owned.knownBalanceMinor ?? 0n);
  }
  const wallet = ports.wallets.of(owned.operator);
  const transaction = walletTransaction(round, stakeMovementOf(round));
  const take = () =>
    round.walletCalls === 'bet-win'
      ? wallet.betWin({ ...transaction, winMinor: decision.winMinor })
      : wallet.debit(transaction);
  for (let attempt = 1; ; attempt += 1) {
    const reply = await take();
    if (reply.kind === 'acknowledged') return committed(ports, owned, decision, reply.balanceMinor);
    const atMs = ports.clock.nowMs();
    if (reply.kind === 'refused') {
      return { type: 'DEBIT_REFUSED', refusal: reply.code, earlierAttemptUnknown: attempt > 1, atMs };
    }
    reportUnsettled(ports.telemetry, round, reply.reason);
    if (attempt >= settings.debitAttempts || reply.reason === 'TRANSACTION_MISMATCH') {
      return { type: 'DEBIT_UNKNOWN', atMs };
    }
  }
}

async function committed(
  ports: DrivePorts,
  { round }: OwnedIntent,
  { step, winMinor }: Decision,
  balanceMinor: bigint,
): Promise<RoundEvent> {
  const winIsPaid = round.walletCalls === 'bet-win';
  const balanceAfterMinor = winIsPaid ? balanceMinor : balanceMinor + winMinor;
  const outcome: Outcome = {
    payoutMillionths: step.payoutMillionths,
    winMinor,
    sealedStateAfter: await sealStateAfter(ports.cipher, round, step.state),
    view: step.view,
    bonusActive: step.bonusActive,
    balanceBeforeMinor: balanceAfterMinor - winMinor + round.stakeMinor,
    balanceAfterMinor,
  };
  const type = winIsPaid ? 'BET_WIN_ACKNOWLEDGED' : 'DEBIT_ACKNOWLEDGED';
  return { type, outcome, atMs: ports.clock.nowMs() };
}

/** Pays or gives back once what is owed. */
function settle(ports: SettlementPorts, operator: Operator, round: Round): Promise<Round> {
  return round.status === 'VOIDING' ? giveBack(ports, operator, round) : payWin(ports, operator, round);
}

/** Only sooner than the ledger's stream would: where the queue is down too, the answer is given all the same. */
async function askForRecovery(ports: DrivePorts, round: Round): Promise<void> {
  if (round.status === 'COMMITTED') ports.telemetry.count('CreditDeferred');
  const { log, number, roundId } = round;
  try {
    await ports.recovery.send([{ log, number, purpose: 'finish', attempt: 0 }], 1_000);
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    ports.telemetry.warn('Recovery could not be queued and is left to the stream', { roundId });
  }
}

const counted = {
  COMMITTED: 'RoundCommitted',
  CREDITED: 'RoundCommitted',
  REJECTED: 'RoundRejected',
  FAILED: 'RoundFailed',
} as const;

function countDecision(ports: DrivePorts, round: Round): void {
  if (round.status in counted) ports.telemetry.count(counted[round.status as keyof typeof counted]);
}
