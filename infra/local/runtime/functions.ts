import { mkdirSync, renameSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { FunctionModel } from '../model.ts';
import { functionArn, functionEnvironment, shortName } from './function-environment.ts';
import { FunctionPool, type FunctionPoolOptions } from './function-pool.ts';
import { LONGEST_TIMER_MS } from './function-process.ts';
import { copyWithSourceMaps } from './inspected-code.ts';
import { failure, type Invoke } from './invocation.ts';
import type { RuntimeLog } from './runtime-log.ts';

/** Handlers mostly wait for the network, so that a core serves several of them. */
const PROCESSES_PER_CORE = 4;
const IDLE_MS = 5 * 60_000;
/** A log that has outgrown this is put aside at the next start; the one before it is dropped. */
const MAX_LOG_BYTES = 20 * 1024 * 1024;

export interface FunctionsOptions {
  /** The variables that lead the functions' AWS clients to this machine's services. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  readonly compileCacheDirectory: string;
  readonly verbose: boolean;
  readonly log: RuntimeLog;
  readonly debugging?: Debugging | undefined;
}

/** A person who attaches a debugger to functions asks for this. */
export interface Debugging {
  /** The functions by the names of their folders. */
  readonly names: readonly string[];
  /** Is told the address of each process that waits for a debugger, and that of its successor should it die. */
  readonly onAddress: (name: string, url: string) => void;
  /** Gets copies of the bundles that name their source maps. */
  readonly copies: string;
  /** Has a folder of source maps for each function. */
  readonly sourceMaps: string;
}

export interface Functions {
  readonly invoke: Invoke;
  /** Has each of these loaded, so that its first event meets no cold start. */
  warm(names: Iterable<string>): Promise<void>;
  stop(): Promise<void>;
}

/** Makes all functions of a stack, each with its own processes and its own log. */
export function createFunctions(models: readonly FunctionModel[], options: FunctionsOptions): Functions {
  mkdirSync(options.logDirectory, { recursive: true });
  const pools = new Map(models.map((model) => [model.name, createPool(model, options)]));
  return {
    async invoke(name, event) {
      const pool = pools.get(name);
      return (
        pool?.invoke(event) ??
        failure('ResourceNotFoundException', `Function not found: ${functionArn(name)}`)
      );
    },
    async warm(names) {
      await Promise.all([...names].map(async (name) => pools.get(name)?.warm()));
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

function createPool(deployed: FunctionModel, options: FunctionsOptions): FunctionPool {
  const { model, ...debugged } = debuggedPool(deployed, options.debugging);
  const logFile = path.join(options.logDirectory, `${shortName(model)}.log`);
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES)
    renameSync(logFile, `${logFile}.1`);
  return new FunctionPool(model, {
    environment: functionEnvironment(model, options.environment),
    functionArn: functionArn(model.name),
    logFile,
    verbose: options.verbose,
    compileCacheDirectory: options.compileCacheDirectory,
    onPlatformError: (error) => options.log.warn(`${shortName(model)} did not end its event`, { ...error }),
    maxProcesses: PROCESSES_PER_CORE * availableParallelism(),
    idleMs: IDLE_MS,
    ...debugged,
  });
}

/** One process only, which is kept, so that every event comes to where the debugger is. */
function debuggedPool(
  model: FunctionModel,
  debugging: Debugging | undefined,
): { readonly model: FunctionModel } & Partial<FunctionPoolOptions> {
  const name = shortName(model);
  if (!debugging?.names.includes(name)) return { model };
  const { copies, sourceMaps, onAddress } = debugging;
  const [maps, copy] = [sourceMaps, copies].map((folder) => path.join(folder, name)) as [string, string];
  return {
    model: { ...model, codeDirectory: copyWithSourceMaps(model.codeDirectory, maps, copy) },
    maxProcesses: 1,
    idleMs: LONGEST_TIMER_MS,
    onDebugger: (url) => onAddress(name, url),
  };
}
