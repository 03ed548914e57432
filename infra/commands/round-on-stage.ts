/** The commands that look at one round use this part of a stage. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { clientSettings } from '../../shared/aws/client-settings.ts';
import { engineVersions } from '../../shared/games/adapters/engine-versions.ts';
import { RemoteEngines } from '../../shared/engines/grpc/remote-engines.ts';
import { RoutedEngines } from '../../shared/engines/grpc/routed-engines.ts';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { S3EngineArtefacts } from '../../shared/engines/adapters/engine-artefacts.ts';
import { type ArchivedLine, findArchivedLine } from '../../shared/archive/adapters/find-archived-line.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import {
  isReplayable,
  type ReplayedPart,
  type ReplayPorts,
  replayRound,
} from '../../shared/rounds/replay-round.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';
import { stageSettings } from '../stages.ts';
import { ledgerOf } from './stage-ledger.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { configTableOf, dataKeysOf } from './stage-tables.ts';

export interface RoundTrace {
  /** The round in the form of the archive's lines. */
  readonly ledger: ReturnType<typeof archiveRecord>;
  /** Each line has the file that it is from. It is undefined on a stage whose logs are in CloudWatch. */
  readonly logs: readonly { readonly file: string; readonly line: string }[] | undefined;
  readonly archive: (ArchivedLine & { readonly sameAsLedger: boolean }) | undefined;
}

/** @throws Error with one line for the user where there is no such round or stage */
export async function traceRound(stage: string, roundId: RoundId): Promise<RoundTrace> {
  const deployment = await findDeployment(stage);
  const round = await roundOf(deployment, roundId);
  const ledger = archiveRecord(round);
  const archived = await findArchivedLine(
    new S3Client(clientSettings),
    deployment.outputs.ArchiveBucket,
    round,
  );
  return {
    ledger,
    logs: stage === 'local' ? await logLines(round.roundId) : undefined,
    archive: archived && { ...archived, sameAsLedger: archived.line === JSON.stringify(ledger) },
  };
}

/** @throws Error with one line for the user, RgsError where the round cannot be computed */
export async function replayOnStage(stage: string, roundId: RoundId): Promise<readonly ReplayedPart[]> {
  const deployment = await findDeployment(stage);
  const round = await roundOf(deployment, roundId);
  if (!isReplayable(round))
    throw new Error(`The round is ${round.status}: no step of an engine is on record that could be compared`);
  return replayRound(replayPorts(deployment), round);
}

async function roundOf(deployment: Deployment, roundId: RoundId): Promise<Round> {
  const round = await ledgerOf(deployment).find(roundId);
  if (round) return round;
  throw new Error(
    `The ledger of stage ${deployment.stage} has no round ${roundId}; an old round is in the archive only`,
  );
}

function replayPorts(deployment: Deployment): ReplayPorts {
  const { stage, outputs } = deployment;
  return {
    cipher: new KmsCipher(dataKeysOf(deployment), systemRandom),
    engines: new RoutedEngines({
      modules: new EngineHost(new S3EngineArtefacts(outputs.EnginesBucket)),
      version: engineVersions(configTableOf(deployment)),
      remote: async () => new RemoteEngines(stageSettings(stage).grpcTimeoutMs),
    }),
  };
}

/** The local run writes a file for each function. */
async function logLines(roundId: RoundId): Promise<{ file: string; line: string }[]> {
  const folder = path.join(process.env['RGS_DATA'] ?? '.rgs/data', 'logs');
  const files = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(path.join(folder, file), 'utf8')).split('\n');
      return lines.filter((line) => line.includes(roundId)).map((line) => ({ file, line }));
    }),
  );
  return found.flat();
}

/** Writes the trace for people. */
export function traceText({ ledger, logs, archive }: RoundTrace): string {
  const place = `round ${ledger.round_number} of ${ledger.operator_id}, ${ledger.player_id}, ${ledger.game_code}`;
  return [
    `Ledger: ${ledger.status}, ${place}`,
    JSON.stringify(ledger, undefined, 2),
    '',
    logs === undefined ? 'Logs: they are in CloudWatch' : `Logs: ${logs.length} lines name the round`,
    ...(logs ?? []).map(({ file, line }) => `${file}: ${line}`),
    '',
    archiveText(archive),
  ].join('\n');
}

function archiveText(archive: RoundTrace['archive']): string {
  if (archive === undefined)
    return 'Archive: it does not have the round; only a final round is archived, some seconds after its end';
  const { file, line, sameAsLedger } = archive;
  return `Archive: ${file} ${sameAsLedger ? 'says the same as the ledger' : `says something else:\n${line}`}`;
}

/** Writes one line for each part that is the same, and both values of each part that differs. */
export function replayText(parts: readonly ReplayedPart[]): string {
  return parts
    .map(({ name, recorded, recomputed }) =>
      recorded === recomputed
        ? `${name}: the same`
        : `${name}: differs\n  recorded   ${recorded}\n  recomputed ${recomputed}`,
    )
    .join('\n');
}
