import type { Clock } from '../foundation/clock.ts';
import type { Telemetry } from '../foundation/telemetry.ts';
import { DependencyError } from '../foundation/errors.ts';
import { queueAgain } from './queue-again.ts';
import type { Marks, RecoveryMarks } from './recovery-marks.ts';
import type { RecoveryQueue, RecoveryRequest } from './recovery-queue.ts';
import type { Round } from './round.ts';

export interface LinePorts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly recovery: RecoveryQueue;
  readonly marks: RecoveryMarks;
}

/** A request that knows since when what it asks for is owed. */
export type OwedRequest = RecoveryRequest & { readonly owedSinceMs: number };

/**
 * A line renews its claim when it is this old. Slow attempts are further apart, so each of them is made on a claim of its
 * own. A message that is delivered twice therefore calls the wallet once.
 */
const CLAIM_MS = 10 * 60_000;
/** A line that has not renewed its claim for so long has been forgotten by the queue. */
const LOST_MS = 60 * 60_000;

/**
 * Makes the next attempt of the one line that carries a round which is owed for long. The request of any other line ends
 * here. The alarm rings when an attempt has failed, and once for each purpose where its mark is written.
 * @param attempt makes the call, and is true where nothing is owed any more
 */
export async function recoverInLine(
  ports: LinePorts,
  request: OwedRequest,
  round: Round,
  attempt: () => Promise<boolean>,
): Promise<void> {
  const { purpose } = request;
  const nowMs = ports.clock.nowMs();
  const marks = await ports.marks.read(round, purpose);
  const { claimedAtMs: heldAtMs } = marks;
  if (marks.confirmed || isCarriedByAnother(marks, request, nowMs)) return;

  const renews = heldAtMs === undefined || heldAtMs !== request.claimedAtMs || nowMs - heldAtMs >= CLAIM_MS;
  if (renews) {
    // The next request is queued before the claim. A process that dies between the two then leaves a line that goes on.
    // A first claim whose answer was lost may still arrive. It is made again with its own time, so that it is this line's.
    const claimedAtMs = heldAtMs === undefined ? (request.claimedAtMs ?? nowMs) : nowMs;
    const next = { ...request, claimedAtMs };
    await queueAgain(ports, [next]);
    if (!(await claim(ports, round, marks, next))) return;
  }
  let isSettled = false;
  try {
    isSettled = await attempt();
  } finally {
    // An attempt that throws settles nothing, either.
    if (!isSettled) await ringOnce(ports, round, marks, purpose);
  }
  if (!isSettled && !renews) await queueAgain(ports, [request]);
}

/**
 * Claims the round for the next request of the line. Where the claim fails, that request goes on without one. The present
 * request must then end, because two would become four at the next failure.
 */
async function claim(
  ports: LinePorts,
  round: Round,
  marks: Marks,
  next: OwedRequest & { readonly claimedAtMs: number },
): Promise<boolean> {
  const { purpose, claimedAtMs: atMs } = next;
  try {
    return await ports.marks.claim(round, purpose, { heldAtMs: marks.claimedAtMs, atMs });
  } catch (error) {
    if (!(error instanceof DependencyError) || isCarriedByAnother(marks, next, atMs)) throw error;
    ports.telemetry.count('RecoveryFailed');
    return false;
  }
}

async function ringOnce(
  ports: LinePorts,
  round: Round,
  marks: Marks,
  purpose: RecoveryRequest['purpose'],
): Promise<void> {
  // A round that was an intent until now owes its rollback from now on.
  if (marks.rung || round.status === 'INTENT') return;
  // The alarm rings before its mark. A lost answer or a dead process may ring it again, but never keeps it silent.
  ports.telemetry.count(round.status === 'COMMITTED' ? 'CreditPendingLong' : 'RollbackPendingLong');
  await ports.marks.ring(round, purpose);
}

/** Says whether a line of attempts goes on for what the request asks for. */
export async function hasLine(ports: LinePorts, request: OwedRequest, round: Round): Promise<boolean> {
  const marks = await ports.marks.read(round, request.purpose);
  return isCarriedByAnother(marks, request, ports.clock.nowMs());
}

function isCarriedByAnother(
  { claimedAtMs }: Marks,
  request: Pick<RecoveryRequest, 'claimedAtMs'>,
  nowMs: number,
): boolean {
  if (claimedAtMs === undefined || claimedAtMs === request.claimedAtMs) return false;
  return Math.abs(nowMs - claimedAtMs) < LOST_MS;
}
