import type { DynamoDBRecord } from 'aws-lambda';
import type { RoundChange } from '../../shared/archive/archive-rounds.ts';
import { isCorrupt, RgsError } from '../../shared/foundation/errors.ts';
import { isLogHash } from '../../shared/rounds/round-address.ts';
import { frozenLogs, parking } from './composition.ts';
import { changeOf, isFreezeChange } from './ledger-change.ts';
import { logger, telemetry } from './observability.ts';
import { keyOf } from './stream-record.ts';

/**
 * Reads the changes in a batch of the ledger's stream. A record that cannot be read, or that the product did not make, is
 * parked with all that it holds, and its log is frozen. The records behind it go on. The changes of freezes are judged first
 * and one after the other, so that no new reason takes the place of the first one.
 * @throws DependencyError where the records cannot be judged now
 */
export async function changesIn(records: readonly unknown[]): Promise<RoundChange[]> {
  const { freezes = [], rounds = [] } = Object.groupBy(records, (record) =>
    isFreezeChange(record ?? {}) ? 'freezes' : 'rounds',
  );
  for (const freeze of freezes) await readOrPark(freeze);
  const changes = await Promise.all(rounds.map(readOrPark));
  return changes.filter((change) => change !== undefined);
}

async function readOrPark(record: unknown): Promise<RoundChange | undefined> {
  try {
    return await changeOf(record ?? {});
  } catch (error) {
    if (error instanceof RgsError && error.retryable) throw error;
    await freezeAndPark(record, error);
    return undefined;
  }
}

/** The freeze comes first, because it is what stops money. A freeze that somebody has changed proves nothing, and is replaced. */
async function freezeAndPark(record: unknown, error: unknown): Promise<void> {
  const reason = String(error);
  telemetry.count('RecordParked');
  logger.error('A change of the ledger is none of ours', { reason, key: keyOf(record) });
  const { pk } = keyOf(record);
  const isReplaced = isFreezeChange(record ?? {}) && isCorrupt(error);
  if (pk !== undefined && isLogHash(pk)) await frozenLogs().freeze(pk, freezeReasonOf(error), { isReplaced });
  await parking().park(record, reason);
}

/** The reason of a freeze becomes part of the next one, and does not name the error's class each time. */
function freezeReasonOf(error: unknown): string {
  return error instanceof RgsError ? error.message : String(error);
}

/**
 * The same records make the same batch. A retry with fewer of them makes another one, and the archive tolerates both.
 */
export function batchIdOf(records: readonly unknown[]): string {
  return `${sequenceNumberOf(records[0])}-${sequenceNumberOf(records.at(-1))}`;
}

function sequenceNumberOf(record: unknown): string {
  const number: unknown = (record as DynamoDBRecord | undefined)?.dynamodb?.SequenceNumber;
  return typeof number === 'string' ? number : 'none';
}
