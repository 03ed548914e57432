import { S3Client } from '@aws-sdk/client-s3';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { findArchivedLine, findLaterArchived } from '../../shared/archive/adapters/find-archived-line.ts';
import { clientSettings } from '../../shared/aws/client-settings.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { checkedRound } from '../../shared/rounds/adapters/checked-round.ts';
import { DynamoFrozenLogs } from '../../shared/rounds/adapters/frozen-logs.ts';
import { FROZEN, numberIn } from '../../shared/rounds/adapters/round-keys.ts';
import type { Freeze } from '../../shared/rounds/frozen-logs.ts';
import type { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { addressOf } from '../../shared/rounds/round-address.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import {
  checkLog,
  type Comparison,
  type FoundObstacle,
  type FrozenRounds,
  isSameEnd,
  openEndOf,
  type StoredRound,
} from './release-obstacle.ts';
import { type ReleaseObstacle, releaseObstacles } from './release-obstacles.ts';
import { roundMacsOf } from './stage-ledger.ts';
import { macsOf } from './stage-tables.ts';

export interface Release {
  /** The freeze is only shown where nobody is named. */
  readonly by: string | undefined;
  /** The log is released although these hold. */
  readonly despite: readonly ReleaseObstacle[];
}

type ReleaseLogs = Pick<DynamoFrozenLogs, 'release'>;

/**
 * Shows the freeze of a round's log, and ends it where a person is named.
 * @returns what a person reads
 * @throws Error with one line for the user where the log is not frozen, or should not be released
 */
export async function releaseLog(stage: string, roundId: RoundId, release: Release): Promise<string> {
  const address = addressOf(roundId);
  if (!address) throw new Error(`${roundId} is no id of a round`);
  const deployment = await findDeployment(stage);
  const { logHash } = address;
  const logs = frozenLogsOf(deployment);
  const freeze = await logs.find(logHash);
  if (!freeze) throw new Error(`The log ${logHash} is not frozen on stage ${stage}`);
  return releaseChecked({ logs, rounds: frozenRoundsOf(deployment, logHash) }, freeze, release);
}

/** The check may take minutes, so only what it has seen is released. @throws Error with one line for the user */
export async function releaseChecked(
  { logs, rounds }: { readonly logs: ReleaseLogs; readonly rounds: FrozenRounds },
  freeze: Freeze,
  { by, despite }: Release,
): Promise<string> {
  const end = await openEndOf(rounds);
  const isSearched = by !== undefined;
  const { obstacles, compared } = await checkLog(rounds, end, { nowMs: systemClock.nowMs(), isSearched });
  const comparisons = compared.map(comparisonText);
  if (by === undefined) {
    const notSearched = 'later rounds: only a command with --by looks for them in the archive';
    return [freezeText(freeze), ...comparisons, notSearched, ...obstacles.map(obstacleText)].join('\n');
  }
  assertReleasable(obstacles, despite);
  if (!isSameEnd(end, await openEndOf(rounds))) throw changed('Its rounds have changed');
  const released = await logs.release(freeze.logHash, by, freeze.freezeId);
  if (!released) throw changed('It was frozen anew or released');
  return [freezeText(released), ...comparisons].join('\n');
}

function changed(event: string): Error {
  return new Error(`${event} while the log was checked. Show the freeze, and try again`);
}

/** @throws Error with one line for the user, which names all that nobody has waived */
export function assertReleasable(
  obstacles: readonly FoundObstacle[],
  despite: readonly ReleaseObstacle[],
): void {
  const left = obstacles.filter(({ code }) => !despite.includes(code));
  if (left.length === 0) return;
  const options = left.map(({ code }) => `--despite ${code}`).join(' ');
  const repair = `Put the items back first, or release the log all the same with ${options}`;
  throw new Error([...left.map(obstacleText), repair].join('. '));
}

export function freezeText({ logHash, frozenAtMs, reason, released }: Freeze): string {
  const lines = [`log: ${logHash}`, `frozen: ${new Date(frozenAtMs).toISOString()}`, `reason: ${reason}`];
  if (released) lines.push(`released: ${new Date(released.atMs).toISOString()} by ${released.by}`);
  return lines.join('\n');
}

const COMPARISONS = {
  same: 'the ledger and the archive agree',
  different: 'the ledger and the archive differ',
  none: 'it is not in the archive, so there is nothing to compare',
} as const;

function comparisonText({ round, archive }: Comparison): string {
  return `round ${round.number}: ${COMPARISONS[archive]}`;
}

function obstacleText({ code, where }: FoundObstacle): string {
  const places = where.map((place) => (place === 0 ? 'an item with the key of no round' : place));
  return `${code}: ${releaseObstacles[code]} (${places.join(', ')})`;
}

function frozenLogsOf(deployment: Deployment): DynamoFrozenLogs {
  const macs = macsOf(deployment);
  const ports = { client: documentClient(), macs, clock: systemClock, random: systemRandom };
  return new DynamoFrozenLogs(ports, deployment.outputs.LedgerTable);
}

function frozenRoundsOf(deployment: Deployment, logHash: string): FrozenRounds {
  const bucket = deployment.outputs.ArchiveBucket;
  const s3 = new S3Client(clientSettings);
  const macs = roundMacsOf(deployment);
  return {
    stored: () => storedRounds(deployment.outputs.LedgerTable, macs, logHash),
    archived: (sought) => findArchivedLine(s3, bucket, sought),
    laterArchived: (than, present) => findLaterArchived(s3, bucket, than, present),
  };
}

/** An item whose key is that of no round is given, too, because the ledger cannot be played on while it is there. */
async function* storedRounds(
  TableName: string,
  macs: RoundMacs,
  logHash: string,
): AsyncGenerator<StoredRound> {
  const query = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': logHash },
    ScanIndexForward: false,
  };
  for await (const { Items = [] } of paginateQuery({ client: documentClient() }, query)) {
    const rounds = Items.filter(({ sk }) => sk !== FROZEN);
    yield* await Promise.all(rounds.map((item) => storedRound(macs, item)));
  }
}

async function storedRound(macs: RoundMacs, item: Parameters<typeof checkedRound>[1]): Promise<StoredRound> {
  try {
    return await checkedRound(macs, item, undefined);
  } catch (error) {
    if (isCorrupt(error)) return { status: 'UNREADABLE', number: numberIn(item['sk']) };
    throw error;
  }
}
