import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import path from 'node:path';
import * as z from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A reader needs to know this to judge figures. It has nothing that names the machine. */
export const Machine = z.strictObject({
  processor: z.string(),
  cores: z.int().min(1),
  memoryGib: z.number().positive(),
  system: z.string(),
  node: z.string(),
  /** The load average of the minute before the stack was started, which is the other work on the machine. */
  loadAverage: z.number().min(0),
});
export type Machine = z.infer<typeof Machine>;

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The commit that is measured, and whether files differ from it. Undefined outside of a checkout. */
export function describeCommit(): string | undefined {
  try {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs/load-report.*');
    return git('rev-parse', '--short=12', 'HEAD') + (changes === '' ? '' : ' with changes');
  } catch {
    return undefined;
  }
}
