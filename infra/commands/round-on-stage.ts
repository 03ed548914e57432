/** The commands that look at one round use this part of a stage. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { clientSettings } from '../../shared/aws/client-settings.ts';
import { engineVersions } from '../../shared/games/adapters/engine-versions.ts';
import { RemoteEngines } from '../../shared/engines/grpc/remote-engines.ts';
import { RoutedEngines } from '../../shared/engines/grpc/routed-engines.ts';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { type ArchiveRecord, archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { signedRound } from '../../shared/archive/adapters/signed-line.ts';
import { S3EngineArtefacts } from '../../shared/engines/adapters/engine-artefacts.ts';
import {
  type ArchivedLine,
  findArchivedLine,
  type SoughtRound,
} from '../../shared/archive/adapters/find-archived-line.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import { isOperatorEnd } from '../../shared/rounds/operator-end.ts';
import {
  isReplayable,
  type ReplayedPart,
  type ReplayPorts,
  replayRound,
} from '../../shared/rounds/replay-round.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import { OperatorId, type RoundId } from '../../shared/foundation/ids.ts';
import { sortKeyOf } from '../../shared/rounds/adapters/round-keys.ts';
import { addressOf } from '../../shared/rounds/round-address.ts';
import { stageSettings } from '../stages.ts';
import { ledgerOf, roundMacsOf } from './stage-ledger.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { configTableOf, dataKeysOf } from './stage-tables.ts';

export interface RoundTrace {
  /** The round in the form of the archive's lines. It is undefined where the round has left the ledger. */
  readonly ledger: ArchiveRecord | undefined;
  /** Somebody has changed the item of the round, so nothing in it is sure. */
  readonly forged: Readonly<Record<string, unknown>> | undefined;
  /** Each line has the file that it is from. It is undefined on a stage whose logs are in CloudWatch. */
  readonly logs: readonly { readonly file: string; readonly line: string }[] | undefined;
  readonly archive: (ArchivedLine & { readonly sameAsLedger: boolean | undefined }) | undefined;
}

export interface SoughtOnStage {
  readonly roundId: RoundId;
  /** A round that has left the ledger is found in the archive of this operator. */
  readonly operatorId: OperatorId | undefined;
}

export interface TracePorts {
  /** @throws FaultError CORRUPT_RECORD */
  find(roundId: RoundId): Promise<Round | undefined>;
  /** Gives the item as it is stored, whoever wrote it. */
  item(roundId: RoundId): Promise<NativeItem | undefined>;
  archived(sought: SoughtRound): Promise<ArchivedLine | undefined>;
  logs(roundId: RoundId): Promise<RoundTrace['logs']>;
}

/** @throws Error with one line for the user where there is no such round or stage */
export async function traceRound(stage: string, sought: SoughtOnStage): Promise<RoundTrace> {
  const deployment = await findDeployment(stage);
  const ledger = ledgerOf(deployment);
  const ports: TracePorts = {
    find: (roundId) => ledger.find(roundId),
    item: (roundId) => storedItem(deployment, roundId),
    archived: (place) => archivedAt(deployment, place),
    logs: async (roundId) => (stage === 'local' ? logLines(roundId) : undefined),
  };
  const trace = await traceWith(ports, sought);
  if (!trace.ledger && !trace.forged && !trace.archive) throw unknownRound(deployment, sought);
  return trace;
}

/** An item that somebody has changed hides neither the logs nor the archive. It is shown for what it is. */
export async function traceWith(
  ports: TracePorts,
  { roundId, operatorId }: SoughtOnStage,
): Promise<RoundTrace> {
  const { round, forged } = await inLedger(ports, roundId);
  const known = round && { operatorId: round.log.operatorId, roundId, startedAtMs: round.startedAtMs };
  const operator = operatorId ?? operatorIn(forged);
  const place = known ?? (operator && { operatorId: operator, roundId });
  const archived = place && (await ports.archived(place));
  const ledger = round && archiveRecord(round);
  return {
    ledger,
    forged: forged && plainItem(forged),
    logs: await ports.logs(roundId),
    archive: archived && {
      ...archived,
      sameAsLedger: ledger && archived.line === JSON.stringify(ledger),
    },
  };
}

async function inLedger(
  { find, item }: TracePorts,
  roundId: RoundId,
): Promise<{ readonly round?: Round | undefined; readonly forged?: NativeItem | undefined }> {
  try {
    return { round: await find(roundId) };
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return { forged: await item(roundId) };
  }
}

/** The item may lie. It only says in whose archive to look. */
function operatorIn(item: NativeItem | undefined): OperatorId | undefined {
  const { log } = item ?? {};
  return typeof log === 'string' ? OperatorId.safeParse(log.split('#')[0]).data : undefined;
}

/** Numbers become decimal strings, bytes become base64, and sets become lists, however deep somebody has put them. */
function plainItem(item: NativeItem): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, plainValue);
  return typeof value === 'object' && value !== null ? plainItem(value as NativeItem) : value;
}

async function storedItem({ outputs }: Deployment, roundId: RoundId): Promise<NativeItem | undefined> {
  const address = addressOf(roundId);
  if (!address) return undefined;
  const Key = { pk: address.logHash, sk: sortKeyOf(address.number) };
  const command = new GetCommand({ TableName: outputs.LedgerTable, Key, ConsistentRead: true });
  return (await documentClient().send(command)).Item;
}

/** @throws Error with one line for the user, RgsError where the round cannot be computed */
export async function replayOnStage(stage: string, sought: SoughtOnStage): Promise<readonly ReplayedPart[]> {
  const deployment = await findDeployment(stage);
  const round =
    (await ledgerOf(deployment).find(sought.roundId)) ?? (await archivedRound(deployment, sought));
  if (!isReplayable(round))
    throw new Error(`${statusOf(round)}: no step of an engine is on record that could be compared`);
  return replayRound(replayPorts(deployment), round);
}

function statusOf(round: Round): string {
  return isOperatorEnd(round) ? 'An operator ended the bonus in this round' : `The round is ${round.status}`;
}

async function archivedRound(deployment: Deployment, sought: SoughtOnStage): Promise<Round> {
  const { roundId, operatorId } = sought;
  const archived = operatorId && (await archivedAt(deployment, { roundId, operatorId }));
  if (!archived) throw unknownRound(deployment, sought);
  const round = await signedRound(roundMacsOf(deployment), archived.line);
  if (round) return round;
  throw new Error(`The line of round ${sought.roundId} in ${archived.file} is not what the ledger signed`);
}

function archivedAt({ outputs }: Deployment, place: SoughtRound): Promise<ArchivedLine | undefined> {
  return findArchivedLine(new S3Client(clientSettings), outputs.ArchiveBucket, place);
}

function unknownRound({ stage }: Deployment, { roundId, operatorId }: SoughtOnStage): Error {
  return new Error(
    operatorId === undefined
      ? `The ledger of stage ${stage} has no round ${roundId}; give --operator to read an old one from the archive`
      : `Neither the ledger nor the archive of ${operatorId} on stage ${stage} has a round ${roundId}`,
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
export function traceText({ ledger, forged, logs, archive }: RoundTrace): string {
  return [
    ...(forged ? forgedText(forged) : ledgerText(ledger)),
    '',
    logs === undefined ? 'Logs: they are in CloudWatch' : `Logs: ${logs.length} lines name the round`,
    ...(logs ?? []).map(({ file, line }) => `${file}: ${line}`),
    '',
    archiveText(archive),
  ].join('\n');
}

function ledgerText(ledger: RoundTrace['ledger']): string[] {
  if (ledger === undefined) return ['Ledger: it no longer has the round'];
  const { status, round_number: number, operator_id, player_id, game_code } = ledger;
  return [
    `Ledger: ${status}, round ${number} of ${operator_id}, ${player_id}, ${game_code}`,
    JSON.stringify(ledger, undefined, 2),
  ];
}

function forgedText(item: Readonly<Record<string, unknown>>): string[] {
  return [
    'Ledger: the MAC or the form of the item is wrong. Somebody has changed it, so nothing of it is sure:',
    JSON.stringify(item, undefined, 2),
  ];
}

function archiveText(archive: RoundTrace['archive']): string {
  if (archive === undefined)
    return 'Archive: it does not have the round; only a final round is archived, some seconds after its end';
  const { file, line, sameAsLedger } = archive;
  return sameAsLedger === true
    ? `Archive: ${file} says the same as the ledger`
    : `Archive: ${file} says ${sameAsLedger === false ? 'something else' : 'this'}:\n${line}`;
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
