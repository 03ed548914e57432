/** `npm run simulate -- NAME`: plays a game's rounds by the million and reports on what they returned. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { CertificationReport } from '../../shared/simulation/report.ts';
import { UsageError } from '../../shared/command-line/command-line.ts';
import type { CertifyOptions } from '../../engines/certification/certify.ts';
import { progressBar } from '../../shared/command-line/adapters/progress.ts';

/** Played where a number is not given. */
const DEFAULT_ROUNDS = 1_000_000;
/** Some seconds of a function: long beside its start, short beside the fifteen minutes that it may take. */
const SHARD_ROUNDS = 10_000_000;

export interface SimulateOptions {
  readonly rounds: number | undefined;
  readonly exact: boolean;
  readonly mode: string | undefined;
  /** 32 bytes in hex. */
  readonly seed: string | undefined;
  readonly workers: number | undefined;
  readonly stage: string | undefined;
  readonly 'shard-rounds': number | undefined;
  readonly resume: string | undefined;
  readonly json: string | undefined;
  readonly html: string | undefined;
}

/**
 * Simulates, writes the reports that are asked for, and prints the figures.
 * @returns the exit code: 0 where every check passed, 1 where one did not
 * @throws UsageError, Error with one line where it could not be run
 */
export async function simulateGame(name: string, options: SimulateOptions): Promise<number> {
  const { rounds = DEFAULT_ROUNDS, mode, exact, stage } = options;
  if (!stage && options['shard-rounds'] !== undefined)
    throw new UsageError('--shard-rounds is for a run on a stage: --stage STAGE');
  if (!stage && options.resume !== undefined)
    throw new UsageError('--resume is for a run on a stage: --stage STAGE');
  const seed = options.seed ?? randomBytes(32).toString('hex');
  const run = { name, mode, rounds, exact, seed: new Uint8Array(Buffer.from(seed, 'hex')) };
  const report = await simulateShowingProgress(run, options);
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html) {
    const { reportPage } = await import('../../shared/simulation/report-page.ts');
    await writeFile(options.html, reportPage(report));
  }
  print(report);
  return report.passed ? 0 : 1;
}

async function simulateShowingProgress(
  run: CertifyOptions,
  options: SimulateOptions,
): Promise<CertificationReport> {
  using progress = progressBar(run.name, 'rounds');
  const shown = { ...run, onProgress: progress.show };
  const { stage, workers } = options;
  if (stage) return await onStage(stage, shown, options);
  const { certify } = await import('../../engines/certification/certify.ts');
  return await certify({ ...shown, workers });
}

/** On functions of a deployed stack; loaded late, as most runs need neither AWS's clients nor a stack. */
async function onStage(
  stage: string,
  run: CertifyOptions,
  options: SimulateOptions,
): Promise<CertificationReport> {
  const { workers, resume, 'shard-rounds': shardRounds = SHARD_ROUNDS } = options;
  if (workers !== undefined) throw new UsageError('--workers is for a run on this machine, without --stage');
  const stageRuns = () => import('./simulate-on-stage.ts');
  if (resume === undefined) return (await stageRuns()).simulateOnStage(stage, { ...run, shardRounds });
  const settled = (['rounds', 'mode', 'seed', 'shard-rounds'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (settled ?? (options.exact && 'exact'))
    throw new UsageError(`--${settled ?? 'exact'} was settled when the run was started`);
  return (await stageRuns()).resumeOnStage(stage, resume, run.onProgress);
}

function print({ engine, run, declared, measured, checks, passed }: CertificationReport): void {
  const percent = (share: number) => `${(share * 100).toFixed(4)} %`;
  const { from, to } = measured.interval_99;
  console.log(`${engine.id} ${engine.build}, mode ${engine.mode}, engine ${engine.sha256}`);
  console.log(`${run.rounds} rounds of seed ${run.seed}`);
  console.log(
    `return ${percent(measured.rtp)}, declared ${percent(declared.rtp)}, 99 % interval ${percent(from)} to ${percent(to)}`,
  );
  console.log(
    `base ${percent(measured.base_rtp)}, feature ${percent(measured.feature_rtp)}, one round in ${(1 / measured.hit_frequency).toFixed(2)} wins`,
  );
  console.log(
    `standard deviation ${measured.standard_deviation.toFixed(3)}, volatility index ${measured.volatility_index.toFixed(2)}, largest win ${(measured.max_win * run.price_bets).toFixed(2)} base bets`,
  );
  for (const { check, passed: holds, detail } of checks)
    console.log(`${holds ? 'passed' : 'FAILED'}  ${check}: ${detail}`);
  console.log(passed ? 'Every check passed.' : 'Not every check passed.');
}
