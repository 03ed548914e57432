import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface OwnedProcess {
  /** Resolves when the program writes this text, in one piece, to its standard error; never, if it does not. */
  said(text: string): Promise<void>;
  /** Resolves when the process is gone, with its last words and its exit code. */
  readonly exited: Promise<{ readonly description: string }>;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
}

/**
 * A shell stands between: it starts the program and waits for the end of its own standard input, a pipe whose
 * other end only this process holds. The kernel closes it when this process dies, even by SIGKILL, which no
 * handler here could answer. The program then has two seconds to go by itself. If it ends first, the shell
 * leaves with its exit code.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{
  read -r _ <&3
  kill -TERM $program
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.1; kill -0 $program || exit; done
  kill -KILL $program
} 2>/dev/null &
watch=$!
exec 3<&-
wait $program
status=$?
kill $watch 2>/dev/null
exit $status
`;

/** As much of a program's error output as is kept, for the last line of it to be told. */
const MAX_OUTPUT_CHARACTERS = 2_000;

/** Starts a program that cannot outlive this process. */
export function startOwned(program: string, programArguments: readonly string[]): OwnedProcess {
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', program, ...programArguments], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // A Ctrl-C in the terminal reaches the whole group: the owner decides when its services go.
    detached: true,
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-MAX_OUTPUT_CHARACTERS);
  });
  // Writing to it is not intended; an error only says that the shell is gone, which `exited` says too.
  child.stdin.on('error', () => {});
  const exited = exit();

  async function exit(): Promise<{ description: string }> {
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      const lastWords = output.trim().split('\n').at(-1) ?? '';
      return { description: `${lastWords} (exit ${code ?? signal})`.trim() };
    } catch (error) {
      return { description: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    said: (text) =>
      new Promise((resolve) => {
        child.stderr.on('data', (written: string) => {
          if (written.includes(text)) resolve();
        });
      }),
    exited,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
