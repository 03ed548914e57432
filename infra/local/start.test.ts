import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { TestDebugger } from './runtime/debugger.fixture.ts';

const START = path.join(import.meta.dirname, 'start.command.ts');
/** Everything is bundled and synthesised, on a machine that may do other things as well. */
const FULL_START = { timeout: 90_000 };

let folder: string;
let runs: LocalRun[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rgs-start-'));
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGKILL');
  await Promise.all(runs.map(({ exited }) => exited));
  runs = [];
  rmSync(folder, { recursive: true, force: true });
});

interface LocalRun {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly output: () => string;
}

function start(environment: Record<string, string> = {}, argv: string[] = []): LocalRun {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [START, ...argv], {
    env: { PATH, NODE_COMPILE_CACHE, PORT: '0', WALLET_PORT: '0', RGS_DATA: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const run = { child, exited, output: () => output };
  runs.push(run);
  return run;
}

async function ready(run: LocalRun): Promise<string> {
  await Promise.race([vi.waitFor(() => expect(run.output()).toContain('Ready in'), FULL_START), run.exited]);
  return /API +(http:\S+)/.exec(run.output())?.[1] ?? expect.fail(run.output());
}

/** Every process whose arguments or environment name the data folder. */
function leftBehind(): string[] {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ['cmdline', 'environ'].map((file) => readProcess(pid, file)));
  return commands.filter((texts) => texts.join().includes(folder)).map(([command = '']) => command);
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(path.join('/proc', pid, file), 'utf8');
  } catch {
    // It has ended meanwhile, or belongs to somebody else.
    return '';
  }
}

/** The paths of the sources that a debugger is shown, from its function's source map. */
async function sourcesSeenByDebugger(run: LocalRun, name: string): Promise<string> {
  const address = new RegExp(`${name} waits for a debugger at (\\S+)`).exec(run.output())?.[1];
  const [target] = (await (await fetch(`http://${address}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const person = await TestDebugger.attach(target?.webSocketDebuggerUrl ?? '');
  await person.call('Debugger.enable');
  const isBundle = ({ url }: Readonly<Record<string, unknown>>) =>
    String(url).endsWith(`/${name}/handler.mjs`);
  const { params } = await person.event('Debugger.scriptParsed', isBundle);
  person.close();
  const map = fileURLToPath(String(params?.['sourceMapURL']));
  const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
  const files = sources.map((source) => path.resolve(path.dirname(map), source));
  // All of them are there, so that a person can set a breakpoint in them.
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  return files.join();
}

/** The statuses of the health for as long as the games are not published. */
async function healthUntilPublished(run: LocalRun, port: number): Promise<number[]> {
  const statuses: number[] = [];
  while (run.child.exitCode === null) {
    const status = await fetch(`http://127.0.0.1:${port}/api/v1/health`).then(
      (response) => response.status,
      () => undefined,
    );
    // What it printed before this answer may be read a little later.
    if (status !== 503 && status !== undefined) await new Promise((resolve) => setTimeout(resolve, 500));
    if (run.output().includes('✔ Publish the games')) return statuses;
    if (status !== undefined) statuses.push(status);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return statuses;
}

const oneLine = (text: string) => new RegExp(`^\\s*✘ ${text}[^\\n]*\\n$`, 'm');

async function takenPort(): Promise<{ readonly port: number; close(): void }> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  return { port: (other.address() as AddressInfo).port, close: () => void other.close() };
}

test.each(['PORT', 'WALLET_PORT'])(
  'a port that is taken is told of in one line that names %s, before anything is built',
  async (variable) => {
    const { port, close } = await takenPort();

    const run = start({ [variable]: String(port) });

    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(oneLine(`Port ${port} is taken.* ${variable}=\\d+ npm start`));
    expect(run.output()).not.toContain('    at ');
    expect(run.output()).not.toMatch(/[…✔]/u);
    expect(readdirSync(folder)).toEqual([]);
    close();
  },
);

test('one port for the API and the wallet is told of in one line', async () => {
  const { port, close } = await takenPort();
  close();

  const run = start({ PORT: String(port), WALLET_PORT: String(port) });

  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(oneLine(`Port ${port} is taken.* WALLET_PORT=\\d+ npm start`));
});

test.each([['data'], ['data', 'inside']])(
  'a data folder that is a file, or lies in one, is told of in one line: %s %s',
  async (...names) => {
    writeFileSync(path.join(folder, 'data'), '');
    const RGS_DATA = path.join(folder, ...names);

    const run = start({ RGS_DATA });

    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(oneLine(`RGS_DATA is "${RGS_DATA}", which is a file or lies in one`));
    expect(run.output()).not.toContain('    at ');
  },
);

test('data that cannot be read is told of in one line', async () => {
  mkdirSync(path.join(folder, 'dynamodb'));
  writeFileSync(path.join(folder, 'dynamodb', 'dynamodb.db'), 'this is no database, whatever its name says');

  const run = start();

  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(oneLine('.*dynamodb'));
  expect(run.output()).not.toContain('    at ');
});

test.each([
  [{ PORT: '80a80' }, [], 'PORT is "80a80"'],
  [{ WALLET_PORT: '70000' }, [], 'WALLET_PORT is "70000"'],
  [{}, ['--inspect', 'play-spim'], 'There is no function "play-spim"; there are: .*play-spin'],
])('a wrong setting is told of in one line: %j %j', async (environment, argv, message) => {
  const run = start(environment, argv);

  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(oneLine(message));
});

test('an option that does not exist is refused in one line, before anything is built', async () => {
  const run = start({}, ['--verbos']);

  expect(await run.exited).toBe(2);
  expect(run.output()).toMatch(/^Error: Unknown option '--verbos'; npm start -- --help [^\n]+\n$/);
  expect(readdirSync(folder)).toEqual([]);
});

test('the whole product starts, refuses a second run beside it, survives kill -9 and stops without a trace', async () => {
  // As those have it in their shell who also work with an emulator: it must not lead the local run there.
  const { port, close } = await takenPort();
  close();
  const killed = start({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', PORT: String(port) });
  const early = await healthUntilPublished(killed, port);
  expect(early.length).toBeGreaterThan(0);
  expect(new Set(early)).toEqual(new Set([503]));
  const response = await fetch(`${await ready(killed)}/api/v1/health`);
  expect(response.status).toBe(200);
  const steps = ['Bundle the functions', 'Compile the engines', 'Publish the games, register the operator'];
  for (const step of steps)
    expect(killed.output()).toMatch(new RegExp(`^ {2}… ${step}$[^]*^ {2}✔ ${step} +\\d+ ms$`, 'm'));

  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(oneLine('.* is in use by another local run'));

  killed.child.kill('SIGKILL');
  await killed.exited;
  // What it had started notices its end by itself.
  await vi.waitFor(() => expect(leftBehind()).toEqual([]), { timeout: 5_000 });

  const again = start({}, ['--inspect', 'play-spin']);
  await ready(again);
  expect(await sourcesSeenByDebugger(again, 'play-spin')).toContain('play-spin/handler.ts');
  const stoppedAtMs = performance.now();
  again.child.kill('SIGINT');
  expect(await again.exited).toBe(0);
  expect(performance.now() - stoppedAtMs).toBeLessThan(3_000);
  await vi.waitFor(() => expect(leftBehind()).toEqual([]), { timeout: 3_000 });
}, 240_000);

test('a run that is stopped while it starts leaves nothing behind', async () => {
  const run = start();
  await vi.waitFor(() => expect(run.output()).toContain('Start the database'), FULL_START);

  run.child.kill('SIGTERM');

  expect(await run.exited).toBe(130);
  await vi.waitFor(() => expect(leftBehind()).toEqual([]), { timeout: 5_000 });
}, 100_000);
