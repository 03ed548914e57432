import type { DynamoDBRecord } from 'aws-lambda';
import type { RoundChange } from '../../shared/archive/archive-rounds.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { freezeViolationOf } from '../../shared/rounds/frozen-logs.ts';
import { violationOf } from '../../shared/rounds/judge-change.ts';
import { isFreezeImage, readFreezeImage, readStreamImage, roundMacs } from './composition.ts';

type Image = Parameters<typeof readStreamImage>[0];
type UncheckedRound = ReturnType<typeof readStreamImage>;

interface Images<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/**
 * Reads a record of the ledger's stream, and judges it. It is undefined where no round has changed: an expired round was
 * deleted, or a log was frozen or released.
 * @throws FaultError CORRUPT_RECORD where the product did not make the change; DependencyError where the data key is not
 * to be had
 */
export async function changeOf(record: DynamoDBRecord): Promise<RoundChange | undefined> {
  const images = imagesOf(record);
  if (isFreezeImage(images.after ?? images.before)) {
    refuse(freezeViolationOf(await each(images, readFreezeImage)));
    return undefined;
  }
  const { before, after } = await each(readRounds(images), (round) => roundMacs().check(round));
  if (!isFedAgain(record))
    refuse(violationOf({ before, after, isExpiry: isExpiry(record), atMs: timeOf(record) }));
  return after && { before, after };
}

/** Reads the rounds of a record, whose MACs nobody has checked yet. @throws FaultError CORRUPT_RECORD */
export function roundsOf(record: DynamoDBRecord): Images<UncheckedRound> {
  return readRounds(imagesOf(record));
}

function readRounds({ before, after }: Images<Image>): Images<UncheckedRound> {
  return { before: before && readStreamImage(before), after: after && readStreamImage(after) };
}

/** A record without any image is read as an empty one, which is refused. */
function imagesOf({ eventName, dynamodb }: DynamoDBRecord): Images<Image> {
  const { NewImage, OldImage } = (dynamodb ?? {}) as { NewImage?: Image; OldImage?: Image };
  if (eventName === 'REMOVE') return { before: OldImage ?? {}, after: undefined };
  return { before: OldImage, after: NewImage ?? {} };
}

async function each<T, U>({ before, after }: Images<T>, read: (image: T) => Promise<U>): Promise<Images<U>> {
  return { before: before && (await read(before)), after: after && (await read(after)) };
}

/**
 * A person feeds a round to the archive again, as it is now (docs/operations.md). No stream has this event, and no change is
 * to be judged.
 */
function isFedAgain({ eventName }: DynamoDBRecord): boolean {
  return (eventName as string | undefined) === 'REFEED';
}

/** DynamoDB itself deletes what has expired (developer guide, "DynamoDB Streams and Time to Live"). */
function isExpiry({ userIdentity }: DynamoDBRecord): boolean {
  const { type, principalId } = (userIdentity ?? {}) as { type?: unknown; principalId?: unknown };
  return type === 'Service' && principalId === 'dynamodb.amazonaws.com';
}

function timeOf({ dynamodb }: DynamoDBRecord): number {
  return (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000;
}

function refuse(violation: string | undefined): void {
  if (violation !== undefined) throw new FaultError('CORRUPT_RECORD', violation);
}
