import { FaultError } from '../foundation/errors.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { Operator } from '../operators/operator.ts';
import { isFinal, type Round } from './round.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
import type { Registry } from '../games/registry.ts';
import { abandon } from './advance-round.ts';
import { creditOrRollback, type DrivePorts } from './drive-round.ts';
import { sendRollback } from './rollback.ts';

export interface RecoveryPorts extends DrivePorts {
  readonly telemetry: Telemetry;
  readonly registry: Registry;
  readonly recovery: RecoveryQueue;
}

export interface RecoverySettings {
  readonly leaseMs: number;
}

/** A person has to look at the operator's wallet when a credit or a rollback has been owed for this long. */
const LONG_PENDING_MS = 5 * 60_000;
/**
 * The last rollback waits longer than a message lives in a wallet's own queues, as far as SQS can delay it. A
 * late debit has landed by then.
 */
export const CONFIRM_VOID_AFTER_MS = 15 * 60_000;
const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 60_000;
/** This is a day, and an hour for the sweep, which by then should have asked for the round again. */
const EAGER_MS = 25 * 3_600_000;
/**
 * This delay serves where the sweep fails or has not come so far. With a minute instead, each day would add one more
 * call a minute to a wallet that refuses.
 */
const SLOW_MS = 15 * 60_000;
/**
 * Each daily sweep has asked for the round by then. If one request never ended, the requests of all sweeps
 * would never end.
 */
const LONGEST_ASKED_MS = 90 * 86_400_000;

/**
 * Drives a round that was left unfinished towards its end, or repeats the rollback of a voided one. A call that the
 * wallet does not acknowledge is queued again, each time later, for as long as it takes.
 * @throws FaultError CORRUPT_RECORD where there is no such round or operator
 */
export async function recoverRound(
  ports: RecoveryPorts,
  settings: RecoverySettings,
  request: RecoveryRequest,
): Promise<void> {
  const round = await ports.ledger.get(request);
  if (!round)
    throw new FaultError('CORRUPT_RECORD', `There is no round ${request.number} in the log to recover`);
  const operator = await ports.registry.operator(round.log.operatorId);
  if (!operator) throw new FaultError('CORRUPT_RECORD', `There is no operator ${round.log.operatorId}`);

  const done =
    request.purpose === 'confirm-void'
      ? await confirmVoid(ports, operator, round)
      : await finish(ports, settings, operator, round);
  if (done) return;
  const signalled = request.signalled || signalIfLong(ports, round);
  await queueAgain(ports, [{ ...request, signalled }], delayOf(request, ports.clock.nowMs()));
}

/**
 * Queues the next attempts of requests that have the same delay. The sweep does not see last rollbacks, so those never
 * end.
 */
export async function queueAgain(
  { clock, recovery }: Pick<RecoveryPorts, 'clock' | 'recovery'>,
  requests: readonly RecoveryRequest[],
  delayMs: number,
): Promise<void> {
  const nowMs = clock.nowMs();
  const next = requests
    .filter(
      ({ purpose, firstTriedAtMs = nowMs, once }) =>
        !once && (purpose === 'confirm-void' || nowMs - firstTriedAtMs < LONGEST_ASKED_MS),
    )
    .map((request) => ({
      ...request,
      attempt: request.attempt + 1,
      firstTriedAtMs: request.firstTriedAtMs ?? nowMs,
    }));
  await recovery.send(next, delayMs);
}

/** Computes how long the next attempt waits. */
export function delayOf({ attempt, firstTriedAtMs }: RecoveryRequest, nowMs: number): number {
  return firstTriedAtMs !== undefined && nowMs - firstTriedAtMs >= EAGER_MS ? SLOW_MS : backoffMs(attempt);
}

/**
 * The delay is 2, 4, 8 … and at most 60 seconds. When a wallet returns, the last of many waiting wins is
 * credited within about a minute.
 */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10));
}

async function finish(
  ports: RecoveryPorts,
  settings: RecoverySettings,
  operator: Operator,
  round: Round,
): Promise<boolean> {
  if (isFinal(round)) return true;
  const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;
  return owing !== undefined && isFinal(await creditOrRollback(ports, operator, owing));
}

/** A debit that was under way when the first rollback arrived may have landed since. */
async function confirmVoid(ports: RecoveryPorts, operator: Operator, round: Round): Promise<boolean> {
  if (round.status !== 'VOIDED') return true;
  return sendRollback(ports, operator, round);
}

/** Each request raises the alarm only once. A win that its wallet refuses for good must not hide those after it. */
function signalIfLong(ports: RecoveryPorts, round: Round): boolean {
  const pendingSinceMs = round.updatedAtMs + (round.status === 'VOIDED' ? CONFIRM_VOID_AFTER_MS : 0);
  if (ports.clock.nowMs() - pendingSinceMs < LONG_PENDING_MS) return false;
  ports.telemetry.count(round.status === 'COMMITTED' ? 'CreditPendingLong' : 'RollbackPendingLong');
  return true;
}
