import { currencyOf } from '../money/currency.ts';
import type { RoundEnded } from '../events/events.ts';
import { formatAmount, NOTHING } from '../money/money.ts';
import { hasOutcome, isFinal, owesLastRollback, type Round } from '../rounds/round.ts';
import type { Archive } from './archive.ts';
import type { Clock } from '../foundation/clock.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Ledger } from '../rounds/ledger.ts';
import type { RecoveryQueue, RecoveryRequest } from '../rounds/recovery-queue.ts';
import { CONFIRM_VOID_AFTER_MS } from '../rounds/owed-round.ts';

export interface ArchivePorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly archive: Archive;
  readonly events: EventBus;
  readonly recovery: RecoveryQueue;
}

export interface ArchiveSettings {
  readonly leaseMs: number;
  /** An archived round stays in the ledger for this long. */
  readonly hotRetentionMs: number;
}

/** One change of a round, as the ledger's stream gives it, in the order in which it happened. */
export interface RoundChange {
  readonly before: Round | undefined;
  readonly after: Round;
}

/** The first check comes after the lease, so that it finds the lease run out. */
const CHECK_MARGIN_MS = 5_000;

/**
 * Acts on a batch of changes. Unfinished rounds get a check, and ended rounds go to the archive and the bus. Voided
 * rounds get their last rollback. A batch may be repeated without harm; a failure leaves all of it to be repeated.
 */
export async function archiveRounds(
  ports: ArchivePorts,
  settings: ArchiveSettings,
  changes: readonly RoundChange[],
  batchId: string,
): Promise<void> {
  const ended = changes.filter(({ before, after }) => isFinal(after) && !(before && isFinal(before)));
  const rounds = ended.map(({ after }) => after);
  // This comes before all that can fail for reasons of its own. A player's money waits for neither S3 nor EventBridge.
  await ports.recovery.send(unfinished(changes), settings.leaseMs + CHECK_MARGIN_MS);
  if (rounds.length > 0) {
    await ports.archive.write(rounds, batchId);
    await ports.events.publish(rounds.map(roundEnded));
  }
  // This is done only once. The batch may fail with an ended round, and would queue one more at each retry.
  await ports.recovery.send(voided(rounds), CONFIRM_VOID_AFTER_MS);
  await markAndExpire(ports, settings, rounds);
}

function unfinished(changes: readonly RoundChange[]): RecoveryRequest[] {
  const last = new Map(changes.filter(isMove).map(({ after }) => [after.roundId, after]));
  return [...last.values()].filter((round) => !isFinal(round)).map((round) => requestFor(round, 'finish'));
}

/** A mark beside the round is a change of its item, too. A check for it would start one more line of attempts. */
function isMove({ before, after }: RoundChange): boolean {
  return before?.status !== after.status || before.epoch !== after.epoch;
}

function voided(rounds: readonly Round[]): RecoveryRequest[] {
  return rounds.filter(owesLastRollback).map((round) => requestFor(round, 'confirm-void'));
}

function requestFor({ log, number }: Round, purpose: RecoveryRequest['purpose']): RecoveryRequest {
  return { log, number, purpose, attempt: 0 };
}

/**
 * Marks the rounds. The round before each of them expires if it is marked as well; a round that never came this far
 * stays. The newest of a log never expires. It holds the state, and perhaps the bonus, for the next round.
 */
async function markAndExpire(
  ports: ArchivePorts,
  settings: ArchiveSettings,
  rounds: readonly Round[],
): Promise<void> {
  await Promise.all(rounds.map((round) => ports.ledger.markArchived(round)));
  const expiresAtMs = ports.clock.nowMs() + settings.hotRetentionMs;
  const older = rounds
    .filter(({ number }) => number > 1)
    .map(({ log, number }) => ({ log, number: number - 1 }));
  await Promise.all(older.map((reference) => ports.ledger.expire(reference, expiresAtMs)));
}

function roundEnded(round: Round): RoundEnded {
  const currency = currencyOf(round.currency);
  const { log, roundId, number, sessionId, kind, status } = round;
  return {
    type: 'round.ended',
    eventId: `${roundId}:ended`,
    atMs: round.updatedAtMs,
    log,
    roundId,
    number,
    sessionId,
    kind,
    status,
    currency: round.currency,
    stake: formatAmount(round.stakeMinor, currency),
    win: formatAmount(hasOutcome(round) ? round.outcome.winMinor : NOTHING, currency),
  };
}
