/**
 * Plays the product's handlers in simulated worlds full of faults. The same seed prints the same lines; times and progress
 * are on stderr.
 */
import { randomInt } from 'node:crypto';
import { progressBar } from '../../shared/command-line/adapters/progress.ts';
import { type AdapterChoice, adapterChoices, throughAdapters } from './adapter-choices.ts';
import { testBuild } from './build.ts';
import { pairs } from './faults.ts';
import failedSeeds from './failed-seeds.json' with { type: 'json' };
import type { Mistake } from './mistakes.ts';
import { Pool } from './pool.ts';
import { explain, type Failure, type Run, simulate, type Simulation } from './simulate.ts';
import type { WaitingCredits } from './waiting-credits.ts';

export interface VerifyOptions {
  readonly spins: number;
  readonly seed: string | undefined;
  /** Only this world is played. */
  readonly world: number | undefined;
  /** How many wins wait for a wallet that is down for a day. */
  readonly credits: number;
  readonly mistake: Mistake | undefined;
  readonly adapters: AdapterChoice;
}

/** @returns the exit code: 1 where a rule is broken or a fault was never tried */
export async function verifyFaults(options: VerifyOptions): Promise<number> {
  const { spins, seed = String(randomInt(2 ** 47)), world, credits, mistake } = options;
  const run = { seed, mistake, adapters: throughAdapters[options.adapters] };
  const pool = new Pool(await testBuild(mistake));
  try {
    if (world !== undefined) return await playOne(pool, run, world);
    console.log(`seed ${seed}`);
    for (const { seed: failedSeed, world: failedWorld } of failedSeeds) {
      const status = await playOne(pool, { ...run, seed: failedSeed }, failedWorld);
      if (status !== 0) return status;
    }
    const waiting = credits === 0 ? undefined : pool.letCreditsWait({ seed, credits });
    const status = spins === 0 ? 0 : await playMany(pool, run, spins);
    return status || !waiting ? status : await reportWaiting(pool, run, await waiting);
  } finally {
    await pool.close();
  }
}

/** What a run has to be told to be repeated. */
interface Repeatable extends Run {
  readonly mistake: Mistake | undefined;
}

async function playMany(pool: Pool, run: Repeatable, spins: number): Promise<number> {
  const startedAtMs = performance.now();
  const { totals, failure, unvisited } = await simulateShowingProgress(pool, run, spins);
  if (failure) report(run, failure);
  for (const pair of failure ? [] : unvisited) console.log(`NEVER TRIED: ${pair}`);
  const hours = Math.round(totals.virtualMs / 3_600_000);
  console.log(
    `${totals.spins} spins, ${totals.rounds} rounds, ${totals.faults} faults in ${totals.worlds} worlds and ${hours} virtual hours; ` +
      `${pairs.length - unvisited.length} of ${pairs.length} pairs of call and fault tried; digest ${totals.digest.toString(16)}`,
  );
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { user, system } = process.cpuUsage();
  process.stderr.write(`${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU\n`);
  return failure || unvisited.length > 0 ? 1 : 0;
}

async function simulateShowingProgress(
  pool: Pool,
  { seed, adapters }: Run,
  spins: number,
): Promise<Simulation> {
  using progress = progressBar('Playing', 'spins');
  progress.show(0, spins);
  return await simulate(pool, {
    seed,
    adapters,
    spins,
    onProgress: (reached) => progress.show(reached.spins, spins),
  });
}

async function reportWaiting(pool: Pool, run: Repeatable, waiting: WaitingCredits): Promise<number> {
  const { credits, lastCreditAfterMs, neighbours, lastNeighbourAfterMs, violation } = waiting;
  if (violation) {
    const { seed } = run;
    const fewest = await withFewestCredits(pool, seed, waiting);
    console.log(`BROKEN, seed ${seed}, ${fewest.credits} wins wait for a day: ${fewest.violation?.message}`);
    console.log(again(run, `--spins 0 --credits ${fewest.credits}`));
    return 1;
  }
  console.log(
    `${credits} wins waited for a day; the last was paid ${lastCreditAfterMs / 1000} s after the wallet's return; ` +
      `meanwhile ${neighbours} wins of another operator, the last ${lastNeighbourAfterMs / 1000} s after its wallet's`,
  );
  return 0;
}

/** Halves the wins for as long as the same rule is broken. */
async function withFewestCredits(pool: Pool, seed: string, waiting: WaitingCredits): Promise<WaitingCredits> {
  let fewest = waiting;
  while (fewest.credits > 1) {
    const half = await pool.letCreditsWait({ seed, credits: Math.floor(fewest.credits / 2) });
    if (half.violation?.rule !== waiting.violation?.rule) break;
    fewest = half;
  }
  return fewest;
}

async function playOne(pool: Pool, run: Repeatable, index: number): Promise<number> {
  const { seed, adapters } = run;
  const played = await pool.play({ seed, adapters, index });
  if (!played.violation) {
    console.log(`seed ${seed} world ${index}: all well, digest ${played.digest.toString(16)}`);
    return 0;
  }
  report(run, await explain(pool, run, played));
  return 1;
}

function report(run: Repeatable, { index, message, schedule, trace }: Failure): void {
  console.log(`\nBROKEN, seed ${run.seed} world ${index}: ${message}`);
  console.log('The shortest schedule that breaks it:');
  for (const [place, step] of schedule.entries()) console.log(`  ${place + 1}. ${step}`);
  console.log('What then happens:');
  for (const line of trace) console.log(`  ${line}`);
  console.log(again(run, `--world ${index}`));
}

function again({ seed, mistake, adapters }: Repeatable, options: string): string {
  const chosen = adapterChoices.find((choice) => throughAdapters[choice] === adapters) ?? 'drawn';
  const worlds = chosen === 'drawn' ? '' : ` --adapters ${chosen}`;
  const planted = mistake ? ` --mistake ${mistake}` : '';
  return `Again: npm run verify:faults -- --seed ${seed} ${options}${worlds}${planted}\n`;
}
