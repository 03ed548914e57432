import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { Target } from './target.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A bound for what hangs: a busy machine that starts several at once takes far longer than the usual seconds. */
const START_LIMIT_MS = 200_000;

/** The file that the local run leaves beside its data for commands. */
const Deployment = z.object({
  outputs: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
});

/** Runs `npm start` in a process of its own, on ports and with a data folder of its own. */
export class LocalStackProcess {
  readonly dataDirectory: string;
  readonly child: ChildProcess;
  readonly target: Target;
  readonly startedInMs: number;

  private constructor(dataDirectory: string, child: ChildProcess, target: Target, startedInMs: number) {
    this.dataDirectory = dataDirectory;
    this.child = child;
    this.target = target;
    this.startedInMs = startedInMs;
  }

  static async start(
    dataDirectory?: string,
    ports = { api: 0, wallet: 0 },
    environment: Readonly<Record<string, string>> = {},
  ): Promise<LocalStackProcess> {
    const data = dataDirectory ?? (await mkdtemp(path.join(tmpdir(), 'rgs-e2e-')));
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, ['infra/local/start.command.ts'], {
      cwd: root,
      env: {
        ...process.env,
        ...environment,
        RGS_DATA: data,
        PORT: String(ports.api),
        WALLET_PORT: String(ports.wallet),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const target = await readyTarget(child, data, output);
    return new LocalStackProcess(data, child, target, performance.now() - startedAtMs);
  }

  /** Ends the stack as Ctrl-C would, or as the kernel would. It resolves when the process is gone. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dataDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Reads what a user reads: the addresses and the key that are printed when everything serves. */
async function readyTarget(child: ChildProcess, data: string, output: readonly string[]): Promise<Target> {
  for (const deadline = Date.now() + START_LIMIT_MS; Date.now() < deadline; ) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const said = output.join('');
    const apiUrl = /^\s*API\s+(http\S+)/m.exec(said)?.[1];
    const walletUrl = /^\s*Wallet\s+(http\S+)/m.exec(said)?.[1];
    const operatorKey = /its key is (\S+)/.exec(said)?.[1];
    if (apiUrl && walletUrl && operatorKey) {
      const text = await readFile(path.join(data, 'deployment.json'), 'utf8');
      return { apiUrl, walletUrl, operatorKey, ...Deployment.parse(JSON.parse(text)) };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the local stack did not start:\n${output.join('')}`);
}
