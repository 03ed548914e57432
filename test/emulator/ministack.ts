import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../../infra/synthesise.ts';
import { type Command, type ProcessGroup, startGroup } from './process-group.ts';

const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt');
const PYTHON_ENVIRONMENT = path.join(ROOT, '.rgs/ministack-venv');
const PATIENCE_MS = 30_000;

/**
 * Makes a Python environment with the packages of requirements.txt, unless there is one.
 * @param succeed runs a program; rejects where it fails
 */
export async function installMiniStack(succeed: (command: Command) => Promise<void>): Promise<void> {
  const installed = path.join(PYTHON_ENVIRONMENT, 'installed.txt');
  if (existsSync(installed) && (await readFile(installed)).equals(await readFile(REQUIREMENTS))) return;
  await succeed(['python3', '-m', 'venv', '--clear', PYTHON_ENVIRONMENT]);
  const pip = [
    path.join(PYTHON_ENVIRONMENT, 'bin/python'),
    '-m',
    'pip',
    '--disable-pip-version-check',
  ] as const;
  await succeed([...pip, 'install', '--quiet', '--requirement', REQUIREMENTS]);
  // Only now, so that an installation that was cut off is not taken for one.
  await copyFile(REQUIREMENTS, installed);
}

export interface MiniStackOptions {
  /** Of a free port of this machine. */
  readonly endpoint: string;
  /** Its `PATH` decides which `node` runs the functions. */
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** An empty folder, for what it keeps and for the code of functions. */
  readonly state: string;
}

/**
 * Starts the emulator, for this machine only, and waits until it serves. It starts every function as a process of its own.
 * @throws Error where it ends first, or does not serve in time
 */
export async function startMiniStack(owned: AsyncDisposableStack, options: MiniStackOptions): Promise<void> {
  const { endpoint, environment, logFile, state } = options;
  const log = owned.use(await open(logFile, 'w'));
  const ministack = startGroup([path.join(PYTHON_ENVIRONMENT, 'bin/ministack')], {
    directory: state,
    output: log.fd,
    environment: {
      ...environment,
      GATEWAY_PORT: new URL(endpoint).port,
      BIND_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      TMPDIR: state,
      STATE_DIR: state,
      S3_DATA_DIR: state,
    },
  });
  owned.use(ministack);
  await untilHealthy(endpoint, ministack);
}

async function untilHealthy(endpoint: string, { exited }: ProcessGroup): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  for (const deadline = performance.now() + PATIENCE_MS; !ended; await wait(50)) {
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    if (performance.now() > deadline) throw new Error(`MiniStack did not serve within ${PATIENCE_MS} ms`);
  }
  throw new Error('MiniStack ended before it served');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No port is free');
  return address.port;
}
