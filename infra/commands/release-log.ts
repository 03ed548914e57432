import { S3Client } from '@aws-sdk/client-s3';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { findArchivedLine } from '../../shared/archive/adapters/find-archived-line.ts';
import { clientSettings } from '../../shared/aws/client-settings.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { checkedRound } from '../../shared/rounds/adapters/checked-round.ts';
import { DynamoFrozenLogs } from '../../shared/rounds/adapters/frozen-logs.ts';
import { FROZEN } from '../../shared/rounds/adapters/round-keys.ts';
import type { Freeze } from '../../shared/rounds/frozen-logs.ts';
import { addressOf } from '../../shared/rounds/round-address.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { type NewestRounds, releaseObstacle } from './release-obstacle.ts';
import { type ReleaseObstacle, releaseObstacles } from './release-obstacles.ts';
import { roundMacsOf } from './stage-ledger.ts';
import { macsOf } from './stage-tables.ts';

export interface Release {
  /** The freeze is only shown where nobody is named. */
  readonly by: string | undefined;
  /** The log is released although this holds. */
  readonly despite: ReleaseObstacle | undefined;
}

/**
 * Shows the freeze of a round's log, and ends it where a person is named.
 * @returns what a person reads
 * @throws Error with one line for the user where the log is not frozen, or should not be released
 */
export async function releaseLog(stage: string, roundId: RoundId, { by, despite }: Release): Promise<string> {
  const address = addressOf(roundId);
  if (!address) throw new Error(`${roundId} is no id of a round`);
  const deployment = await findDeployment(stage);
  const logs = frozenLogsOf(deployment);
  const { logHash } = address;
  const freeze = await logs.find(logHash);
  if (!freeze) throw new Error(`The log ${logHash} is not frozen on stage ${stage}`);
  const rounds = newestRoundsOf(deployment, logHash);
  const times = { frozenAtMs: freeze.frozenAtMs, nowMs: systemClock.nowMs() };
  const obstacle = await releaseObstacle(rounds, times);
  if (by === undefined) return [freezeText(freeze), obstacleText(obstacle)].join('\n');
  assertReleasable(obstacle, despite);
  return freezeText((await logs.release(logHash, by)) ?? freeze);
}

/** @throws Error with one line for the user */
export function assertReleasable(
  obstacle: ReleaseObstacle | undefined,
  despite: ReleaseObstacle | undefined,
): void {
  if (obstacle === undefined || obstacle === despite) return;
  const repair = `Put the item back first, or release the log all the same with --despite ${obstacle}`;
  throw new Error(`${obstacle}: ${releaseObstacles[obstacle]}. ${repair}`);
}

export function freezeText({ logHash, frozenAtMs, reason, released }: Freeze): string {
  const lines = [`log: ${logHash}`, `frozen: ${new Date(frozenAtMs).toISOString()}`, `reason: ${reason}`];
  if (released) lines.push(`released: ${new Date(released.atMs).toISOString()} by ${released.by}`);
  return lines.join('\n');
}

function obstacleText(obstacle: ReleaseObstacle | undefined): string {
  return obstacle === undefined
    ? 'newest round: the ledger and the archive agree'
    : `newest round: ${obstacle}: ${releaseObstacles[obstacle]}`;
}

function frozenLogsOf(deployment: Deployment): DynamoFrozenLogs {
  const macs = macsOf(deployment);
  const ports = { client: documentClient(), macs, clock: systemClock, random: systemRandom };
  return new DynamoFrozenLogs(ports, deployment.outputs.LedgerTable);
}

function newestRoundsOf(deployment: Deployment, logHash: string): NewestRounds {
  const { ArchiveBucket, LedgerTable } = deployment.outputs;
  const s3 = new S3Client(clientSettings);
  return {
    newest: async () => {
      const { Items = [] } = await documentClient().send(
        new QueryCommand({
          TableName: LedgerTable,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': logHash },
          ScanIndexForward: false,
          Limit: 3,
        }),
      );
      const rounds = Items.filter(({ sk }) => sk !== FROZEN).slice(0, 2);
      return Promise.all(rounds.map((item) => readableRound(deployment, item)));
    },
    archived: (sought) => findArchivedLine(s3, ArchiveBucket, sought),
  };
}

async function readableRound(
  deployment: Deployment,
  item: Parameters<typeof checkedRound>[1],
): Promise<Round | 'unreadable'> {
  try {
    return await checkedRound(roundMacsOf(deployment), item, undefined);
  } catch (error) {
    if (isCorrupt(error)) return 'unreadable';
    throw error;
  }
}
