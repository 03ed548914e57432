import type { Cipher } from '../encryption/cipher.ts';
import type { Engines } from '../engines/engines.ts';
import type { Operator } from '../operators/operator.ts';
import { RgsError } from '../foundation/errors.ts';
import { abandon, advance } from './advance-round.ts';
import { type AskedRound, assertMayPlay, type CheckPorts, type CheckSettings } from './check-request.ts';
import { creditOrRollback, type DrivePorts } from './drive-round.ts';
import { LONG_PENDING_MS } from './owed-round.ts';
import { queueRecovery, type QueueRecoveryPorts } from './queue-recovery.ts';
import { isToBeJudged } from './rollback.ts';
import type { OwnedIntent } from './reserve-round.ts';
import { type IntentRound, isHeld, type Round } from './round.ts';
import { answerTo, inFlight, type RoundAnswer } from './round-answer.ts';
import { unsealOpening } from './round-opening.ts';

export interface TakeOverPorts extends DrivePorts {
  readonly engines: Engines;
  readonly cipher: Cipher;
}

export type AbandonPorts = DrivePorts & QueueRecoveryPorts & Pick<CheckPorts, 'registry'>;

export interface TakeOverSettings {
  /** The owner of an epoch may work for this long before a repeated request takes the round over. */
  readonly leaseMs: number;
}

/**
 * Answers a repeated request from the round that its first attempt made. A credit or rollback that is still owed is sent
 * once more. One that is to be judged, or that has been owed for long, is left to recovery. No recovery is queued, because it
 * was queued when the round came to this status. Each repeat would add another request.
 */
export async function answerRepeated(
  ports: DrivePorts,
  operator: Operator,
  round: Round,
): Promise<RoundAnswer> {
  const isOwedForLong = !isHeld(round, LONG_PENDING_MS, ports.clock.nowMs());
  // Whoever forges may also choose when to ask. He does not choose when recovery comes.
  const isLeft = isToBeJudged(round) || isOwedForLong;
  return answerTo(isLeft ? round : await creditOrRollback(ports, operator, round));
}

/**
 * Abandons the intent of a first attempt that died, where the session, the operator or the game has been closed since. Its
 * stake may have been debited, so recovery rolls it back.
 * @returns the round as it then stands
 * @throws ConflictError ROUND_IN_FLIGHT while the first attempt may still be at work, or where another actor was first
 */
export async function abandonIfClosed(
  ports: AbandonPorts,
  settings: TakeOverSettings & CheckSettings,
  asked: AskedRound,
  earlier: Round,
): Promise<Round> {
  if (earlier.status !== 'INTENT') return earlier;
  if (await isOpen(ports, settings, asked)) return earlier;
  const abandoned = await abandon(ports, settings, earlier);
  if (!abandoned) throw inFlight();
  await queueRecovery(ports, abandoned);
  return abandoned;
}

async function isOpen(ports: AbandonPorts, settings: CheckSettings, asked: AskedRound): Promise<boolean> {
  try {
    await assertMayPlay(ports, settings, asked);
    return true;
  } catch (error) {
    if (error instanceof RgsError && !error.retryable) return false;
    throw error;
  }
}

/**
 * Takes over the intent of a first attempt that died. Seed, state and engine are those that the intent has on record, so
 * the outcome is the same.
 * @throws ConflictError ROUND_IN_FLIGHT while the first attempt may still be at work, or where another one took over
 */
export async function takeOver(
  ports: TakeOverPorts,
  { leaseMs }: TakeOverSettings,
  intent: IntentRound,
): Promise<OwnedIntent> {
  if (isHeld(intent, leaseMs, ports.clock.nowMs())) throw inFlight();
  const engine = await ports.engines.load(intent.engineHash);
  const opening = await unsealOpening(ports.cipher, intent);
  const event = { type: 'TAKEN_OVER', atMs: ports.clock.nowMs() } as const;
  const round = await advance(ports.ledger, intent, event);
  if (round?.status !== 'INTENT') throw inFlight();
  return { round, engine, opening };
}
