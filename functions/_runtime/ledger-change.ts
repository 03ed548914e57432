import type { DynamoDBRecord } from 'aws-lambda';
import type { RoundChange } from '../../shared/archive/archive-rounds.ts';
import { FaultError, orUnreadable } from '../../shared/foundation/errors.ts';
import { type FreezeChange, freezeViolationOf } from '../../shared/rounds/frozen-logs.ts';
import { violationOf } from '../../shared/rounds/judge-change.ts';
import {
  isFreezeImage,
  readFreezeImage,
  readStreamImage,
  roundMacs,
  telemetry,
  type WireItem,
} from './composition.ts';
import { each, type Images, imagesOf, isExpiry, timeOf } from './stream-record.ts';

type UncheckedRound = ReturnType<typeof readStreamImage>;

/**
 * Reads a record of the ledger's stream, and judges it. It is undefined where no round has changed: an expired round was
 * deleted, or a log was frozen or released.
 * @throws FaultError CORRUPT_RECORD where the product did not make the change; DependencyError where the data key is not
 * to be had
 */
export async function changeOf(record: DynamoDBRecord): Promise<RoundChange | undefined> {
  const images = imagesOf(record);
  if (isFreezeChange(record)) {
    const change = { ...(await readFreezes(images)), atMs: timeOf(record) };
    refuse(freezeViolationOf(change));
    logRelease(change);
    return undefined;
  }
  const { before, after } = await each(readRounds(images), (round) => roundMacs().check(round));
  if (!isFedAgain(record))
    refuse(violationOf({ before, after, isExpiry: isExpiry(record), atMs: timeOf(record) }));
  return after && { before, after };
}

/** Says whether a record is about the freeze of a log. */
export function isFreezeChange(record: DynamoDBRecord): boolean {
  const { before, after } = imagesOf(record);
  return isFreezeImage(after ?? before);
}

/** Reads the rounds of a record, whose MACs nobody has checked yet. @throws FaultError CORRUPT_RECORD */
export function roundsOf(record: DynamoDBRecord): Images<UncheckedRound> {
  return readRounds(imagesOf(record));
}

function readRounds({ before, after }: Images<WireItem>): Images<UncheckedRound> {
  return { before: before && readStreamImage(before), after: after && readStreamImage(after) };
}

/**
 * A person feeds a round to the archive again, as it is now (docs/operations.md). No stream has this event, and no change is
 * to be judged.
 */
function isFedAgain({ eventName }: DynamoDBRecord): boolean {
  return (eventName as string | undefined) === 'REFEED';
}

/** A forged freeze replaces one whose reason is still wanted, and our own replaces the forged one. */
function readFreezes(images: Images<WireItem>): Promise<Pick<FreezeChange, 'before' | 'after'>> {
  return each(images, (image) => orUnreadable(readFreezeImage(image)));
}

/** The freeze is deleted after its release, so the log is what keeps the name of the person. */
function logRelease({ after }: Pick<FreezeChange, 'after'>): void {
  if (after === undefined || after === 'unreadable' || !after.released) return;
  const { logHash, frozenAtMs, reason, released } = after;
  const message = 'A person has released a frozen log';
  telemetry().warn(message, { logHash, frozenAtMs, reason, releasedBy: released.by });
}

function refuse(violation: string | undefined): void {
  if (violation !== undefined) throw new FaultError('CORRUPT_RECORD', violation);
}
