/** `npm run bench:load`: plays the local stack as fast as it answers, checks every sum, and writes the report. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { progressLine } from '../../shared/command-line/adapters/progress.ts';
import { seedDemo } from '../../infra/local/seed.ts';
import { LocalStackProcess } from '../e2e/local-stack.ts';
import { latencyChart } from './chart.ts';
import { type Level, runLevel } from './level.ts';
import { describeCommit, describeMachine } from './machine.ts';
import { type LoadOptions, refuseOnBusyMachine } from './options.ts';
import { figuresTable, playing, reportPage } from './report-page.ts';
import type { LoadReport } from './report.ts';
import { startWalletProxy } from './wallet-calls.ts';

const MOST_MISMATCHES_SHOWN = 20;

async function playLevels({ levels, seconds }: LoadOptions): Promise<Level[]> {
  await using cleanup = new AsyncDisposableStack();
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'rgs-load-'));
  const stack = await startShowingProgress(dataDirectory);
  cleanup.defer(() => stack.remove());
  const { outputs, environment, walletUrl } = stack.target;
  const proxy = await startWalletProxy(walletUrl);
  cleanup.defer(() => proxy.stop());
  // Registered anew, before anything has been played: the operator's wallet is reached through the proxy.
  await seedDemo({ dataDirectory, outputs, environment, walletUrl: proxy.url });
  const played: Level[] = [];
  for (const players of levels) played.push(await runLevel(stack, proxy, { players, seconds }));
  return played;
}

async function startShowingProgress(dataDirectory: string): Promise<LocalStackProcess> {
  using progress = progressLine();
  progress.show('Starting a local stack');
  return await LocalStackProcess.start(dataDirectory);
}

async function writeReport(report: LoadReport, file: string): Promise<void> {
  const base = file.replace(/\.json$/, '');
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${base}.svg`, latencyChart(report));
  await writeFile(`${base}.md`, reportPage(report, `${path.basename(base)}.svg`));
  console.log(`\nThe report is in ${path.relative(process.cwd(), base)}.json, .md and .svg`);
}

/** @returns the exit code. @throws Error in words for the user */
export async function bench(options: LoadOptions): Promise<number> {
  const machine = describeMachine();
  refuseOnBusyMachine(options, machine);
  const levels = await playLevels(options);
  const report: LoadReport = {
    measuredAt: new Date().toISOString(),
    commit: describeCommit() ?? 'unknown',
    machine,
    levels: levels.map((level) => level.report),
  };
  console.log(figuresTable(report));
  for (const { players, refusals } of report.levels)
    for (const [name, count] of Object.entries(refusals))
      console.log(`${playing(players)}: ${count} × ${name}`);
  const wrong = levels.flatMap(({ mismatches }) => mismatches);
  for (const line of wrong.slice(0, MOST_MISMATCHES_SHOWN)) console.error(`Does not agree: ${line}`);
  if (wrong.length > 0) {
    console.error(`${wrong.length} mismatches; no report is written`);
    return 1;
  }
  await writeReport(report, options.reportFile);
  return 0;
}
