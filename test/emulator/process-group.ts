import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** How long programs may take to end by themselves once they are asked to. */
const GRACE_MS = 5_000;

/** A program and its arguments. */
export type Command = readonly string[];

export interface ProcessGroup extends AsyncDisposable {
  /** The exit code of the program; 1 where a signal ended it or it could not be started. */
  readonly exited: Promise<number>;
}

export interface ProcessGroupOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  /** A file descriptor for everything it writes; this process's own terminal unless given. */
  readonly output?: number;
}

/**
 * Starts a program that leads a process group. Disposing of it ends every process of the group: also those the program
 * has started, and also where the program itself is gone already.
 */
export function startGroup(command: Command, options: ProcessGroupOptions): ProcessGroup {
  const [program = '', ...programArguments] = command;
  const output = options.output ?? 'inherit';
  const child = spawn(program, programArguments, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', output, output],
    detached: true,
  });
  const signal = (name: NodeJS.Signals | 0) => child.pid !== undefined && signalGroup(child.pid, name);
  const killAll = () => void signal('SIGKILL');
  process.once('exit', killAll);
  const exited = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      console.error(`${program} did not start: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return {
    exited,
    async [Symbol.asyncDispose]() {
      signal('SIGTERM');
      for (const deadline = performance.now() + GRACE_MS; signal(0) && performance.now() < deadline; ) {
        await wait(50);
      }
      killAll();
      await exited;
      process.off('exit', killAll);
    },
  };
}

/** @returns whether the group still had a process; signal 0 only asks */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
