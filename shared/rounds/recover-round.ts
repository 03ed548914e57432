import { FaultError } from '../foundation/errors.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import type { Operator } from '../operators/operator.ts';
import { isFinal, owesLastRollback, type Round } from './round.ts';
import { isOwedForLong, owedSince } from './owed-round.ts';
import { queueAgain, queueMuchLater } from './queue-again.ts';
import { hasLine, recoverInLine } from './recover-in-line.ts';
import type { RecoveryMarks } from './recovery-marks.ts';
import { assertWinFollows, type FindEngineVersion } from './assert-win.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
import type { Registry } from '../games/registry.ts';
import { abandon } from './advance-round.ts';
import { creditOrRollback, type DrivePorts } from './drive-round.ts';
import { JUDGED_AFTER_MS, sendRollback } from './rollback.ts';

export interface RecoveryPorts extends DrivePorts {
  readonly telemetry: Telemetry;
  readonly registry: Registry;
  readonly recovery: RecoveryQueue;
  readonly marks: RecoveryMarks;
  readonly engineVersion: FindEngineVersion;
}

export interface RecoverySettings {
  readonly leaseMs: number;
}

/**
 * Drives a round that was left unfinished towards its end, or repeats the rollback of a voided one. A call that the
 * wallet does not acknowledge is queued again, each time later, for as long as it takes. A round that is owed for long
 * is left to one line of attempts, however many there were. A frozen log is left alone.
 * @throws FaultError CORRUPT_RECORD where there is no such round or operator
 */
export async function recoverRound(
  ports: RecoveryPorts,
  settings: RecoverySettings,
  request: RecoveryRequest,
): Promise<void> {
  if (await ports.ledger.isFrozen(request.log)) return queueMuchLater(ports, request);
  const round = await ports.ledger.get(request);
  if (!round)
    throw new FaultError('CORRUPT_RECORD', `There is no round ${request.number} in the log to recover`);
  const operator = await ports.registry.operator(round.log.operatorId);
  if (!operator) throw new FaultError('CORRUPT_RECORD', `There is no operator ${round.log.operatorId}`);

  const attempt = () =>
    request.purpose === 'confirm-void'
      ? confirmVoid(ports, operator, round)
      : finish(ports, settings, operator, round);
  if (isSettled(request, round)) return;
  const asked = { ...request, owedSinceMs: owedSince(round) };
  const isOwedLong = isOwedForLong(asked.owedSinceMs, ports.clock.nowMs());
  if (request.once) {
    if (isOwedLong && (await hasLine(ports, asked, round))) return;
    if (!(await attempt()) && round.status === 'INTENT')
      await ports.recovery.send([request], JUDGED_AFTER_MS);
    return;
  }
  if (isOwedLong) return recoverInLine(ports, asked, round, attempt);
  if (!(await attempt())) await queueAgain(ports, [asked]);
}

/** Says whether nothing of what was asked for is left to do. */
function isSettled({ purpose }: RecoveryRequest, round: Round): boolean {
  return purpose === 'confirm-void' ? !owesLastRollback(round) : isFinal(round);
}

async function finish(
  ports: RecoveryPorts,
  settings: RecoverySettings,
  operator: Operator,
  round: Round,
): Promise<boolean> {
  const owing = round.status === 'INTENT' ? await abandon(ports, settings, round) : round;
  if (owing) await assertWinFollows(ports.engineVersion, owing);
  return owing !== undefined && isFinal(await creditOrRollback(ports, operator, owing));
}

/** A debit that was under way when the first rollback arrived may have landed since. */
async function confirmVoid(ports: RecoveryPorts, operator: Operator, round: Round): Promise<boolean> {
  if (!(await sendRollback(ports, operator, round))) return false;
  await ports.marks.confirm(round);
  return true;
}
