/**
 * Deploys the stack to an emulator of AWS that it starts itself, and plays the end-to-end suite there. Needs Python 3.10 or
 * newer, and no Docker.
 * Nothing that it started is left running, however it ends. The exit code is the suite's.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emulatorEnvironment } from '../../infra/commands/deploy-emulator.ts';
import { DEMO_OPERATOR_KEY } from '../../infra/commands/seed-demo.ts';
import { startDemoWallet } from '../../infra/demo-wallet/server.ts';
import { DEMO_WALLET_SECRET } from '../../infra/local/seed.ts';
import { ROOT } from '../../infra/synthesise.ts';
import { freePort, installMiniStack, startMiniStack } from './ministack.ts';
import { type Command, startGroup } from './process-group.ts';
import { step } from './steps.ts';

const STACK = 'rgs-local';
/** A function is a process here, and one more for every request that comes while the others are busy. */
const AFFORDABLE = { RGS_E2E_SPINS: '100', RGS_E2E_AT_ONCE: '6' };

interface Surroundings {
  /** Everything that was started; it ends with the run. */
  readonly owned: AsyncDisposableStack;
  readonly environment: NodeJS.ProcessEnv;
}

interface Run extends Surroundings {
  readonly endpoint: string;
  /** For what may be read when the run is over. */
  readonly directory: string;
  /** For what goes with it. */
  readonly state: string;
}

/** @returns the exit code of the suite */
export async function testOnEmulator(api: string, vitestOptions: readonly string[]): Promise<number> {
  await using owned = new AsyncDisposableStack();
  const directory = path.join(ROOT, '.rgs/emulator', api);
  await mkdir(directory, { recursive: true });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const state = await temporaryFolder(owned);
  const run: Run = { owned, endpoint, environment: emulatorEnvironment(endpoint), directory, state };
  const logFile = path.join(directory, 'ministack.log');

  await step('Install MiniStack', () => installMiniStack((command) => succeed(run, command)));
  await step('Start MiniStack', () => startMiniStack(owned, { ...run, logFile }));
  const outputs = await step(`Deploy the stack with api=${api}`, () => deploy(run, api));
  const walletUrl = await step('Start the demo wallet', () => startWallet(run));
  await step('Publish the game, register the operator', () => seed(run, walletUrl));
  // Awaited here: what is owned ends when this function is left.
  return await step('Play', () => play(run, { outputs, walletUrl, vitestOptions }));
}

/** Only installs the emulator: two runs side by side need it to be there. */
export async function installEmulator(): Promise<void> {
  await using owned = new AsyncDisposableStack();
  await installMiniStack((command) => succeed({ owned, environment: process.env }, command));
}

/** Outside of this project, whose package.json would make ES modules of the scripts that MiniStack writes. */
async function temporaryFolder(owned: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rgs-emulator-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function deploy(run: Run, api: string): Promise<Readonly<Record<string, string>>> {
  const outputsFile = path.join(run.directory, 'outputs.json');
  const options = ['--endpoint', run.endpoint, '--api', api, '--outputs-file', outputsFile];
  await succeed(run, node('infra/commands/deploy-emulator.command.ts', options));
  const outputs = JSON.parse(await readFile(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  return outputs[STACK] ?? {};
}

async function startWallet({ owned, state }: Run): Promise<string> {
  const dataDirectory = path.join(state, 'wallet');
  const wallet = await startDemoWallet({ port: 0, dataDirectory, secret: DEMO_WALLET_SECRET });
  owned.defer(() => wallet.stop());
  return wallet.url;
}

function seed(run: Run, walletUrl: string): Promise<void> {
  const options = ['--wallet-url', walletUrl, '--wallet-secret', DEMO_WALLET_SECRET];
  return succeed(run, node('infra/commands/seed-demo.command.ts', options));
}

interface Suite {
  readonly outputs: Readonly<Record<string, string>>;
  readonly walletUrl: string;
  readonly vitestOptions: readonly string[];
}

function play(run: Run, { outputs, walletUrl, vitestOptions }: Suite): Promise<number> {
  const options = ['run', '--config', 'test/emulator/vitest.config.ts', ...vitestOptions];
  return exitCode(run, node('node_modules/vitest/vitest.mjs', options), {
    ...AFFORDABLE,
    RGS_API_URL: outputs['ApiUrl'],
    RGS_WALLET_URL: walletUrl,
    RGS_OPERATOR_KEY: DEMO_OPERATOR_KEY,
    RGS_OUTPUTS: JSON.stringify(outputs),
  });
}

const node = (script: string, options: readonly string[]): Command => [process.execPath, script, ...options];

/** @throws Error where the program fails; it has told why */
async function succeed(run: Surroundings, command: Command): Promise<void> {
  if ((await exitCode(run, command)) !== 0) throw new Error(`This failed: ${command.join(' ')}`);
}

function exitCode(run: Surroundings, command: Command, variables: NodeJS.ProcessEnv = {}): Promise<number> {
  const environment = { ...run.environment, ...variables };
  return run.owned.use(startGroup(command, { directory: ROOT, environment })).exited;
}
