import { documentClient } from '../../shared/aws/document-client.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { DynamoFrozenLogs } from '../../shared/rounds/adapters/frozen-logs.ts';
import type { Freeze } from '../../shared/rounds/frozen-logs.ts';
import { addressOf } from '../../shared/rounds/round-address.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { macsOf } from './stage-tables.ts';

/**
 * Shows the freeze of a round's log, and ends it where a person is named.
 * @returns what a person reads
 * @throws Error with one line for the user where the log is not frozen
 */
export async function releaseLog(stage: string, roundId: RoundId, by: string | undefined): Promise<string> {
  const address = addressOf(roundId);
  if (!address) throw new Error(`${roundId} is no id of a round`);
  const logs = frozenLogsOf(await findDeployment(stage));
  const { logHash } = address;
  const freeze = await (by === undefined ? logs.find(logHash) : logs.release(logHash, by));
  if (!freeze) throw new Error(`The log ${logHash} is not frozen on stage ${stage}`);
  return freezeText(freeze);
}

export function freezeText({ logHash, frozenAtMs, reason, released }: Freeze): string {
  const lines = [`log: ${logHash}`, `frozen: ${new Date(frozenAtMs).toISOString()}`, `reason: ${reason}`];
  if (released) lines.push(`released: ${new Date(released.atMs).toISOString()} by ${released.by}`);
  return lines.join('\n');
}

function frozenLogsOf(deployment: Deployment): DynamoFrozenLogs {
  const macs = macsOf(deployment);
  const ports = { client: documentClient(), macs, clock: systemClock, random: systemRandom };
  return new DynamoFrozenLogs(ports, deployment.outputs.LedgerTable);
}
