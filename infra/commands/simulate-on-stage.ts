import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type CertifyOptions, comparisonsOf, modeOf } from '../../engines/certification/certify.ts';
import { loadBuiltEngine } from '../../engines/built-engine.ts';
import { artefactKey } from '../../shared/engines/adapters/artefact-key.ts';
import { reportKey, shardPrefix, shardsKey } from '../../shared/simulation/adapters/simulation-keys.ts';
import type { CertificationReport } from '../../shared/simulation/report.ts';
import { partLengthOf, shardsOf, type Stretch } from '../../shared/simulation/run-parts.ts';
import { DistributedRun } from '../../shared/simulation/simulation.ts';
import { findDeployment } from './deployment.ts';

export interface StageRun extends Omit<CertifyOptions, 'workers'> {
  /** Each shard has about so many rounds. */
  readonly shardRounds: number;
}

const POLL_MS = 1_000;

/**
 * Simulates a game of this repository on the functions of a stage, where its present engine has been published.
 * @throws Error with one line for the user where the run cannot be started or fails
 */
export async function simulateOnStage(stage: string, options: StageRun): Promise<CertificationReport> {
  const engine = await loadBuiltEngine(options.name);
  const { mode } = modeOf(engine.capabilities.modes, options.mode);
  const run = await describeRun(engine, mode.name, options);
  const { bucket, stateMachineArn, enginesBucket } = await simulationsOf(stage);
  const s3 = new S3Client();
  await requirePublished(s3, enginesBucket, { hash: engine.hash, name: options.name, stage });

  const shards = shardsOf(run.rounds, run.shardRounds);
  const list = { Bucket: bucket, Key: run.shardsKey, Body: JSON.stringify(shards) };
  await s3.send(new PutObjectCommand({ ...list, ContentType: 'application/json' }));
  const sfn = new SFNClient();
  const started = { stateMachineArn, name: run.simulationId, input: JSON.stringify(run) };
  const { executionArn } = await sfn.send(new StartExecutionCommand(started));
  console.error(
    `Simulation ${run.simulationId}: ${shards.length} shards of at most ${shards[0]?.rounds} rounds, ${executionArn}\n` +
      `It runs on without this command, which takes it up again with --stage ${stage} --resume ${run.simulationId}`,
  );
  return follow({ s3, sfn, bucket, executionArn, run, onProgress: options.onProgress });
}

/**
 * Waits for a run that was started before, by its id.
 * @throws Error with one line for the user where there is no such run or it fails
 */
export async function resumeOnStage(
  stage: string,
  simulationId: string,
  onProgress: CertifyOptions['onProgress'],
): Promise<CertificationReport> {
  const { bucket, stateMachineArn } = await simulationsOf(stage);
  const sfn = new SFNClient();
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${simulationId}`;
  try {
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const run = DistributedRun.parse(JSON.parse(input ?? ''));
    return await follow({ s3: new S3Client(), sfn, bucket, executionArn, run, onProgress });
  } catch (error) {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
    throw new Error(`Stage ${stage} knows no simulation ${simulationId}`, { cause: error });
  }
}

interface Followed {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly bucket: string;
  readonly executionArn: string | undefined;
  readonly run: DistributedRun;
  readonly onProgress: CertifyOptions['onProgress'];
}

async function follow(followed: Followed): Promise<CertificationReport> {
  const { s3, sfn, bucket, executionArn, run, onProgress } = followed;
  const shards = shardsOf(run.rounds, run.shardRounds);
  while (await runs(sfn, executionArn)) {
    onProgress?.(await roundsDone(s3, bucket, run.simulationId, shards), run.rounds);
    await setTimeout(POLL_MS);
  }
  onProgress?.(run.rounds, run.rounds);
  const Key = reportKey(run.simulationId, 'json');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return JSON.parse((await Body?.transformToString()) ?? '') as CertificationReport;
}

async function simulationsOf(stage: string) {
  const { outputs } = await findDeployment(stage);
  const { SimulationsBucket: bucket, SimulationStateMachineArn: stateMachineArn, EnginesBucket } = outputs;
  if (!bucket || !stateMachineArn)
    throw new Error(`The stack of stage ${stage} has no simulations; deploy it again`);
  return { bucket, stateMachineArn, enginesBucket: EnginesBucket };
}

async function describeRun(
  engine: Awaited<ReturnType<typeof loadBuiltEngine>>,
  mode: string,
  options: StageRun,
): Promise<DistributedRun> {
  const { rounds, shardRounds, seed } = options;
  const simulationId = randomUUID();
  const parsed = DistributedRun.safeParse({
    simulationId,
    engineHash: engine.hash,
    seed: Buffer.from(seed).toString('hex'),
    mode,
    rounds,
    shardRounds,
    partRounds: partLengthOf(rounds),
    shardsKey: shardsKey(simulationId),
    theory: await comparisonsOf(engine, mode, options),
  });
  if (parsed.success) return parsed.data;
  throw new Error(`The run is refused: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

async function requirePublished(
  s3: S3Client,
  bucket: string,
  { hash, name, stage }: { readonly hash: string; readonly name: string; readonly stage: string },
): Promise<void> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: artefactKey(hash) }));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new Error(
      `${name} as its sources are now is not published; run: npm run engine:publish -- engines/${name} --stage ${stage}`,
      { cause: error },
    );
  }
}

/** Says whether it still runs. @throws Error where it failed */
async function runs(sfn: SFNClient, executionArn: string | undefined): Promise<boolean> {
  const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (status === 'RUNNING') return true;
  if (status === 'SUCCEEDED') return false;
  throw new Error(
    `The simulation ended as ${status}: ${error}: ${cause}. The logs of simulate-shard and merge-simulation say why.`,
  );
}

/** Counts the rounds of the shards that have written their result. */
async function roundsDone(
  s3: S3Client,
  bucket: string,
  simulationId: string,
  shards: readonly Stretch[],
): Promise<number> {
  let done = 0;
  let token: string | undefined;
  do {
    const list = { Bucket: bucket, Prefix: shardPrefix(simulationId), ContinuationToken: token };
    const page = await s3.send(new ListObjectsV2Command(list));
    done += page.KeyCount ?? 0;
    token = page.NextContinuationToken;
  } while (token);
  return Math.min(
    done * (shards[0]?.rounds ?? 0),
    shards.reduce((sum, { rounds }) => sum + rounds, 0),
  );
}
