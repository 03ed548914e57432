/** What `npm start` can be told, from the environment and the command line. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { FUNCTIONS } from '../../functions/functions.ts';

/** The command line can tell this. */
export interface StartOptions {
  readonly verbose: boolean;
  /** The functions that a debugger may attach to. */
  readonly inspect: readonly string[];
}

export interface StartSettings extends StartOptions {
  readonly port: number;
  readonly walletPort: number;
  readonly dataDirectory: string;
  /** Where the seeds of rounds come from, if not from this machine. */
  readonly randomUrl: string | undefined;
}

export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

const PROJECT = path.join(import.meta.dirname, '..', '..');

/** @throws InvalidSettingError in one line, naming the setting */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  { verbose, inspect }: StartOptions,
): StartSettings {
  requireFunctions(inspect);
  return {
    verbose,
    inspect,
    port: portOf(environment, 'PORT', 8080),
    walletPort: portOf(environment, 'WALLET_PORT', 8081),
    dataDirectory: path.resolve(environment['RGS_DATA'] || path.join(PROJECT, '.rgs', 'data')),
    randomUrl: environment['RANDOM_URL'] || undefined,
  };
}

/**
 * Finds out, before anything is built, whether the data folder and both ports can be had. Each port is held until the
 * other one was tried, so that one number for both is found, too.
 * @throws InvalidSettingError in one line, naming the variable that changes the setting
 */
export async function checkSettings({ port, walletPort, dataDirectory }: StartSettings): Promise<void> {
  await using held = new AsyncDisposableStack();
  held.use(await holdPort(port, 'PORT'));
  held.use(await holdPort(walletPort, 'WALLET_PORT'));
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'is a file or lies in one; it has to name a folder'
        : `cannot be made: ${message}`;
    throw new InvalidSettingError(`RGS_DATA is "${dataDirectory}", which ${reason}`);
  }
}

async function holdPort(port: number, variable: string): Promise<AsyncDisposable> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const change = `choose another one: ${variable}=${Math.max(port, 1023) + 10} npm start`;
    if (code === 'EADDRINUSE')
      throw new InvalidSettingError(`Port ${port} is taken. Stop what uses it, or ${change}`);
    if (code === 'EACCES')
      throw new InvalidSettingError(`Port ${port} may not be used by this user; ${change}`);
    throw new InvalidSettingError(`${variable} is ${port}, which cannot be listened on: ${message}`);
  }
}

function portOf(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
): number {
  const text = environment[name] || String(fallback);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidSettingError(`${name} is "${text}", which is no port; a port is a number up to 65535`);
}

/** @throws InvalidSettingError */
function requireFunctions(inspect: readonly string[]): void {
  const names = FUNCTIONS.map(({ name }) => name);
  const unknown = inspect.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidSettingError(`There is no function "${unknown}"; there are: ${names.join(', ')}`);
}
