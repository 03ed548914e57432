/** `npm run simulate -- NAME`: plays a game's rounds by the million and reports on what they returned. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { CertificationReport } from '../../shared/certification/report.ts';
import { reportPage } from '../../shared/certification/report-page.ts';
import { certify, type CertifyOptions } from './certify.ts';
import { progressBar } from './progress-bar.ts';

const USAGE =
  'npm run simulate -- NAME [--rounds N] [--exact] [--mode MODE] [--seed HEX] [--workers N | --stage STAGE [--shard-rounds N | --resume ID]] [--json FILE] [--html FILE]';

const ROUNDS = 1_000_000;
/** Some seconds of a function: long beside its start, short beside the fifteen minutes that it may take. */
const SHARD_ROUNDS = 10_000_000;

const count = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const Options = z.object({
  // The last round of a seed is below 2^48.
  rounds: count.max(2 ** 48).optional(),
  seed: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '32 bytes in lower-case hex')
    .optional(),
  workers: count.max(256).optional(),
  stage: z.string().optional(),
  'shard-rounds': count.optional(),
  resume: z.uuid().optional(),
  mode: z.string().optional(),
  exact: z.boolean(),
  json: z.string().optional(),
  html: z.string().optional(),
});

/** @returns the exit code: 0 where every check passed, 1 where one did not, 2 where it could not be run */
async function main(): Promise<0 | 1 | 2> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        exact: { type: 'boolean', default: false },
        mode: { type: 'string' },
        seed: { type: 'string' },
        workers: { type: 'string' },
        stage: { type: 'string' },
        'shard-rounds': { type: 'string' },
        resume: { type: 'string' },
        json: { type: 'string' },
        html: { type: 'string' },
      },
    });
    const [name, ...more] = positionals;
    if (!name || more.length > 0) throw new Error(USAGE);
    const options = Options.safeParse(values);
    if (!options.success) {
      throw new Error(
        options.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '),
      );
    }
    const report = await simulated(name, options.data);
    return report.passed ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

async function simulated(name: string, options: z.infer<typeof Options>): Promise<CertificationReport> {
  const { rounds = ROUNDS, mode, exact, workers, stage } = options;
  if (!stage && options['shard-rounds'] !== undefined)
    throw new Error('--shard-rounds is for a run on a stage: --stage STAGE');
  if (!stage && options.resume !== undefined)
    throw new Error('--resume is for a run on a stage: --stage STAGE');
  const seed = options.seed ?? randomBytes(32).toString('hex');
  const progress = progressBar(name);
  const run = { name, mode, rounds, exact, seed: new Uint8Array(Buffer.from(seed, 'hex')) };
  const { show: onProgress } = progress;
  let report: CertificationReport;
  try {
    report = stage
      ? await onStage(stage, { ...run, onProgress }, options)
      : await certify({ ...run, onProgress, workers });
  } finally {
    progress.end();
  }
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html) await writeFile(options.html, reportPage(report));
  print(report);
  return report;
}

/** On functions of a deployed stack; loaded late, as most runs need neither AWS's clients nor a stack. */
async function onStage(
  stage: string,
  run: CertifyOptions,
  options: z.infer<typeof Options>,
): Promise<CertificationReport> {
  const { workers, resume, 'shard-rounds': shardRounds = SHARD_ROUNDS } = options;
  if (workers !== undefined) throw new Error('--workers is for a run on this machine, without --stage');
  const { simulateOnStage, resumeOnStage } = await import('../../infra/commands/simulate-on-stage.ts');
  if (resume === undefined) return simulateOnStage(stage, { ...run, shardRounds });
  const settled = (['rounds', 'mode', 'seed', 'shard-rounds'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (settled ?? (options.exact && 'exact'))
    throw new Error(`--${settled ?? 'exact'} was settled when the run was started`);
  return resumeOnStage(stage, resume, run.onProgress);
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

process.exitCode = await main();
