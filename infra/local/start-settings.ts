/** What `npm start` can be told, from the environment and the command line. */
import path from 'node:path';
import { parseArgs } from 'node:util';

export interface StartSettings {
  readonly port: number;
  readonly walletPort: number;
  readonly dataDirectory: string;
  /** Where the seeds of rounds come from, if not from this machine. */
  readonly randomUrl: string | undefined;
  readonly verbose: boolean;
}

export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

const PROJECT = path.join(import.meta.dirname, '..', '..');

/** @throws InvalidSettingError in one line, naming the setting */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): StartSettings {
  return {
    port: portOf(environment, 'PORT', 8080),
    walletPort: portOf(environment, 'WALLET_PORT', 8081),
    dataDirectory: path.resolve(environment['RGS_DATA'] || path.join(PROJECT, '.rgs', 'data')),
    randomUrl: environment['RANDOM_URL'] || undefined,
    verbose: isVerbose(argv),
  };
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

function isVerbose(argv: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...argv], options: { verbose: { type: 'boolean', default: false } } }).values
      .verbose;
  } catch {
    throw new InvalidSettingError(`The only option is --verbose; got: ${argv.join(' ')}`);
  }
}
