import type { Task } from './options.ts';
import { lineOf, type Score, scoreOf } from './score.ts';
import { mutate } from './stryker.ts';

interface Settings {
  /** Uses what an earlier run has found. */
  readonly incremental: boolean;
  readonly concurrency: number;
}

/** Mutates room by room and prints what survived. @returns whether each room reaches its threshold */
export async function testMutation(tasks: readonly Task[], settings: Settings): Promise<boolean> {
  const lines: string[] = [];
  let allHold = true;
  for (const task of tasks) {
    const score = await judge(task, settings);
    const holds = score.percent >= task.row.threshold;
    allHold &&= holds;
    lines.push(summaryOf(task, score, holds));
  }
  console.log(`\n${lines.join('\n')}`);
  return allHold;
}

async function judge({ row, files }: Task, settings: Settings): Promise<Score> {
  const startedAtMs = performance.now();
  const { room, tests } = row;
  console.log(`\n${room}: ${files.length} files`);
  const score = scoreOf(await mutate({ name: room.replace('/', '-'), files, tests, ...settings }));
  for (const survivor of score.survivors) console.log(lineOf(survivor));
  console.log(`${room}: ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  return score;
}

function summaryOf({ row }: Task, { noticed, survivors, percent }: Score, holds: boolean): string {
  const share = `${percent.toFixed(1).padStart(5)} % of ${String(noticed + survivors.length).padStart(4)}`;
  return `${holds ? 'ok ' : 'LOW'} ${row.room.padEnd(24)} ${share} mutants noticed, at least ${row.threshold} %`;
}
