import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** Seconds of processor time by who used them. */
export const ProcessorTime = z.strictObject({
  /** The Lambda functions' processes. */
  functions: z.number(),
  database: z.number(),
  /** API, queues, streams, object store, key service and the demo wallet: one process. */
  stack: z.number(),
  /** The players and the proxy before the wallet. */
  load: z.number(),
});
export type ProcessorTime = z.infer<typeof ProcessorTime>;

/** In which the kernel counts, whatever its own tick is (proc(5)). */
const TICKS_PER_SECOND = 100;

interface Running {
  readonly parent: number;
  readonly seconds: number;
  readonly command: string;
}

/**
 * Adds up the time used until now by this process and by the stack, which is a process and its children. It is undefined
 * on anything but Linux.
 */
export function processorTime(stackPid: number): ProcessorTime | undefined {
  const processes = readProcesses();
  if (!processes) return undefined;
  const time = { functions: 0, database: 0, stack: 0, load: 0 };
  for (const [pid, { seconds, command }] of processes) {
    if (!isWithin(pid, stackPid, processes)) continue;
    if (command.includes('function-runtime')) time.functions += seconds;
    else if (command.includes('dynoxide')) time.database += seconds;
    else time.stack += seconds;
  }
  const { user, system } = process.cpuUsage();
  time.load = (user + system) / 1e6;
  return time;
}

export function timeBetween(before: ProcessorTime, after: ProcessorTime): ProcessorTime {
  return {
    functions: after.functions - before.functions,
    database: after.database - before.database,
    stack: after.stack - before.stack,
    load: after.load - before.load,
  };
}

function isWithin(pid: number, ancestor: number, processes: ReadonlyMap<number, Running>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = processes.get(at)?.parent)
    if (at === ancestor) return true;
  return false;
}

function readProcesses(): Map<number, Running> | undefined {
  if (process.platform !== 'linux') return undefined;
  const running = new Map<number, Running>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of the program, in brackets, may hold spaces.
      const [, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = (Number(fields[9]) + Number(fields[10])) / TICKS_PER_SECOND;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      running.set(Number(name), { parent: Number(parent), seconds, command });
    } catch {
      // It ended meanwhile.
    }
  }
  return running;
}
