import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtArtefact } from '../../engines/built-engine.ts';
import { reportKey, shardsKey } from '../../shared/simulation/adapters/simulation-keys.ts';
import { partLengthOf, shardsOf, type Stretch } from '../../shared/simulation/run-parts.ts';
import type { DistributedRun } from '../../shared/simulation/simulation.ts';
import { commandEnvironment } from '../docs/commands.ts';
import { ROOT } from '../docs/pages.ts';
import { target } from './target.ts';

const SEED = '5a'.repeat(32);
const { outputs, environment } = target();
const Bucket = outputs['SimulationsBucket'] ?? '';
let folder: string;
let s3: S3Client;
let sfn: SFNClient;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-simulation-'));
  await writeFile(path.join(folder, 'deployment.json'), JSON.stringify({ outputs, environment }));
  Object.assign(process.env, environment);
  s3 = new S3Client();
  sfn = new SFNClient();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function simulate(name: string, ...options: string[]) {
  return command(name, '--seed', SEED, ...options);
}

async function command(name: string, ...options: string[]) {
  const files = ['--json', path.join(folder, `${name}.json`), '--html', path.join(folder, `${name}.html`)];
  const words = ['infra/commands/simulate.command.ts', 'happy-panda', ...files, ...options];
  const env = commandEnvironment({ RGS_DATA: folder });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { cwd: ROOT, env });
  const texts = ['json', 'html'].map((kind) => readFile(path.join(folder, `${name}.${kind}`), 'utf8'));
  return { stdout, stderr, reports: await Promise.all(texts) };
}

describe('a simulation on the stack', () => {
  it('of 400,000 rounds in four shards reports the same to the byte as one on this machine', async () => {
    const rounds = ['--rounds', '400000', '--exact'];
    const stack = await simulate('stack', ...rounds, '--stage', 'local', '--shard-rounds', '100000');
    const machine = await simulate('machine', ...rounds);
    expect(stack.stderr).toContain('4 shards of at most 100000 rounds');
    expect(stack.reports).toEqual(machine.reports);
    expect(stack.stdout).toBe(machine.stdout);

    const id = /--resume (\S+)/.exec(stack.stderr)?.[1] ?? '';
    const resumed = await command('resumed', '--stage', 'local', '--resume', id);
    expect(resumed.reports).toEqual(stack.reports);
    const unknown = command('unknown', '--stage', 'local', '--resume', randomUUID());
    await expect(unknown).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/knows no simulation/),
    });
    const { passed, run, reels, exact } = JSON.parse(stack.reports[0] ?? '');
    expect(run).toMatchObject({ seed: SEED, rounds: '400000' });
    expect([passed, reels.length]).toEqual([true, 10]);
    expect(exact.rtp).toBeCloseTo(0.961511, 6);
  }, 180_000);
});

/** Does what the command does, but with shards of the test's choice. */
async function execute(overrides: Partial<DistributedRun>, change: (shards: Stretch[]) => Stretch[]) {
  const simulationId = randomUUID();
  const { hash } = await builtArtefact('happy-panda');
  const run: DistributedRun = {
    simulationId,
    engineHash: hash,
    seed: SEED,
    mode: 'base',
    rounds: 400_000,
    shardRounds: 100_000,
    partRounds: partLengthOf(400_000),
    shardsKey: shardsKey(simulationId),
    theory: { reels: [] },
    ...overrides,
  };
  const Body = JSON.stringify(change(shardsOf(run.rounds, run.shardRounds)));
  await s3.send(new PutObjectCommand({ Bucket, Key: run.shardsKey, Body }));
  const stateMachineArn = outputs['SimulationStateMachineArn'];
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: simulationId, input: JSON.stringify(run) }),
  );
  const end = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
  await expect.poll(async () => (await end()).status, { timeout: 60_000, interval: 200 }).not.toBe('RUNNING');
  const report = s3.send(new GetObjectCommand({ Bucket, Key: reportKey(simulationId, 'json') }));
  const hasReport = await report.then(
    () => true,
    () => false,
  );
  return { ...(await end()), hasReport };
}

describe('a simulation fails, and reports nothing,', () => {
  it('where a shard fails: here, because its engine was never published', async () => {
    const { status, error, hasReport } = await execute({ engineHash: 'ab'.repeat(32) }, (shards) => shards);
    expect([status, error, hasReport]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold', false]);
  });

  it('where a shard is missing', async () => {
    const { status, cause, hasReport } = await execute({}, (shards) => shards.slice(0, -1));
    expect([status, hasReport]).toEqual(['FAILED', false]);
    expect(cause).toContain('the shard from round 300000 on is missing');
  });

  it('where a shard has fewer rounds than it should', async () => {
    const short = (shards: Stretch[]) => shards.with(1, { first: 100_000, rounds: 96_000 });
    const { status, cause, hasReport } = await execute({}, short);
    expect([status, hasReport]).toEqual(['FAILED', false]);
    expect(cause).toContain('the shard from round 100000 on is that of another run');
  });
});
