import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import {
  type Violation,
  violationOfDataKey,
  violationOfSigned,
} from '../../shared/encryption/judge-signed-change.ts';
import { RgsError } from '../../shared/foundation/errors.ts';
import { violationOfSession } from '../../shared/sessions/judge-session-change.ts';
import {
  isDataKey,
  isSession,
  parking,
  readDataKeyImage,
  readSessionImage,
  readSignedImage,
} from './composition.ts';
import { logger, telemetry } from './observability.ts';
import { each, imagesOf, isExpiry, keyOf, timeOf } from './stream-record.ts';

/**
 * Judges the changes in a batch of the streams of the configuration and of sessions. One that the product did not make is
 * parked with both images, and tells somebody. The records behind it go on.
 * @throws DependencyError where the records cannot be judged now; FaultError MISCONFIGURED
 */
export async function judgeSignedItems(records: readonly unknown[]): Promise<void> {
  await Promise.all(records.map(judgeOrPark));
}

async function judgeOrPark(given: unknown): Promise<void> {
  const record = (given ?? {}) as DynamoDBRecord;
  const code = await violationOf(record);
  if (code === undefined) return;
  telemetry.count('RecordParked');
  logger.error('A signed item was changed, and not by the product', { code, item: nameOf(record) });
  await parking().park(record, code);
}

/** A record that cannot be read counts as a forged one. */
async function violationOf(record: DynamoDBRecord): Promise<Violation | 'FORGED' | undefined> {
  try {
    return await judged(record);
  } catch (error) {
    if (error instanceof RgsError && (error.retryable || error.code === 'MISCONFIGURED')) throw error;
    return 'FORGED';
  }
}

/** An item of a new kind is signed with its time and never deleted, or it has a rule of its own here. */
async function judged(record: DynamoDBRecord): Promise<Violation | undefined> {
  const images = imagesOf(record);
  const { pk = '' } = keyOf(record);
  const atMs = timeOf(record);
  if (isDataKey(pk)) return violationOfDataKey(await each(images, readDataKeyImage));
  if (!isSession(pk)) return violationOfSigned(await each(images, readSignedImage), atMs);
  const sessions = await each(images, readSessionImage);
  return violationOfSession(sessions, { atMs, isExpiry: isExpiry(record) });
}

/** Names an item for a person. A session's key holds its id, with which anybody may play, so a hash stands for it. */
function nameOf(record: DynamoDBRecord): string {
  const { pk = '', sk = '' } = keyOf(record);
  if (!isSession(pk)) return `${pk} ${sk}`;
  return `session ${createHash('sha256').update(pk).digest('hex').slice(0, 16)}`;
}
