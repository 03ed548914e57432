import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import pMap from 'p-map';
import { type ProgressLine, progressLine } from '../../shared/command-line/adapters/progress.ts';
import { type Exploration, explore } from './explore.ts';
import { circumstancesOf, planted, scenarios } from './scenarios.ts';
import type { Scenario } from './scenario.ts';

/** Hundreds of thousands of states wait in turn: a small nursery would copy each of them again and again. */
const MEMORY = ['--max-semi-space-size=128', '--max-old-space-size=8192'];

// One scenario, in a process of its own.
if (import.meta.main) {
  const [, , named = ''] = process.argv;
  const onProgress = (states: number) => process.stderr.write(`${states}\n`);
  console.log(JSON.stringify(await explore(JSON.parse(named) as Scenario, { onProgress })));
}

/**
 * Explores every state that a round can reach with each kind of wallet; then each planted mistake must be found. Scenarios
 * run beside each other, each in a process of its own, which is this file with the scenario named.
 * @returns the number of violations and of mistakes that were not found
 */
export async function verify(): Promise<number> {
  const results = await visitAll([...scenarios, ...planted]);
  const broken = results.filter(({ scenario, finding }) => !scenario.mistake && finding).length;
  const missed = results.filter(({ scenario, finding }) => scenario.mistake && !finding);
  const states = results.reduce((sum, result) => sum + result.states, 0);
  for (const { scenario } of missed) console.log(`NOT FOUND: ${scenario.mistake}`);
  console.log(
    `${states} states; ${broken} violations of the protocol; ${missed.length} planted mistakes not found`,
  );
  return broken + missed.length;
}

type Result = Exploration & { readonly scenario: Scenario };

async function visitAll(all: readonly Scenario[]): Promise<Result[]> {
  using progress = progressLine();
  return await pMap(all, (scenario) => visit(scenario, progress), {
    concurrency: availableParallelism(),
  });
}

async function visit(scenario: Scenario, progress: ProgressLine): Promise<Result> {
  const { wins, mistake } = scenario;
  const title = `${mistake ?? 'the protocol'}, ${circumstancesOf(scenario)}, ${wins ? 'a win' : 'no win'}`;
  const startedAtMs = performance.now();
  const command = [...MEMORY, import.meta.filename, JSON.stringify(scenario)];
  const running = promisify(execFile)(process.execPath, command);
  running.child.stderr?.on('data', (count: Buffer) =>
    progress.show(`${String(count).trim().split('\n').at(-1)} states: ${title}`),
  );
  const result = JSON.parse((await running).stdout) as Exploration;
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  const verdict = result.finding ? `FOUND: ${result.finding.violation}` : 'all well';
  progress.clear();
  console.log(`${title}: ${result.states} states, ${verdict} (${seconds} s)`);
  for (const [index, step] of (result.finding?.trace ?? []).entries()) console.log(`  ${index + 1}. ${step}`);
  return { ...result, scenario };
}
