/**
 * `npm run verify:faults -- --spins N --seed S`: plays the product's handlers in simulated worlds full of faults, and fails
 * where a rule is broken or a fault was never tried. The same seed prints the same lines; times and progress are on stderr.
 * Each thread collects its own garbage: V8's helpers, two for each processor, took half of the time from the worlds.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { progressLine } from '../../infra/commands/progress-line.ts';
import { testBuild } from './build.ts';
import { pairs } from './faults.ts';
import failedSeeds from './failed-seeds.json' with { type: 'json' };
import { mistakes, type Mistake } from './mistakes.ts';
import { Pool } from './pool.ts';
import { explain, type Failure, simulate, type Totals } from './simulate.ts';
import type { WaitingCredits } from './waiting-credits.ts';

const { values } = parseArgs({
  options: {
    spins: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    world: { type: 'string' },
    /** How many wins wait for a wallet that is down for a day. */
    credits: { type: 'string', default: '100000' },
    mistake: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const spins = wholeNumber('--spins', values.spins);
  const seed = values.seed ?? String(randomInt(2 ** 47));
  const mistake = mistakeNamed(values.mistake);
  const pool = new Pool(await testBuild(mistake));
  try {
    if (values.world !== undefined) return await playOne(pool, seed, wholeNumber('--world', values.world));
    console.log(`seed ${seed}`);
    for (const { seed: failedSeed, world } of failedSeeds) {
      const status = await playOne(pool, failedSeed, world);
      if (status !== 0) return status;
    }
    const credits = wholeNumber('--credits', values.credits);
    const waiting = credits === 0 ? undefined : pool.letCreditsWait({ seed, credits });
    const status = spins === 0 ? 0 : await playMany(pool, seed, spins);
    return status || !waiting ? status : await reportWaiting(pool, seed, await waiting);
  } finally {
    await pool.close();
  }
}

async function playMany(pool: Pool, seed: string, spins: number): Promise<number> {
  const startedAtMs = performance.now();
  const progress = progressLine();
  const { totals, failure, unvisited } = await simulate(pool, {
    seed,
    spins,
    onProgress: (reached) => progress.show(lineOf(reached, spins, performance.now() - startedAtMs)),
  });
  progress.end();
  if (failure) report(seed, failure);
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

async function reportWaiting(pool: Pool, seed: string, waiting: WaitingCredits): Promise<number> {
  const { credits, lastCreditAfterMs, neighbours, lastNeighbourAfterMs, violation } = waiting;
  if (violation) {
    const fewest = await withFewestCredits(pool, seed, waiting);
    console.log(`BROKEN, seed ${seed}, ${fewest.credits} wins wait for a day: ${fewest.violation?.message}`);
    console.log(again(`--spins 0 --seed ${seed} --credits ${fewest.credits}`));
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

async function playOne(pool: Pool, seed: string, index: number): Promise<number> {
  const played = await pool.play({ seed, index });
  if (!played.violation) {
    console.log(`seed ${seed} world ${index}: all well, digest ${played.digest.toString(16)}`);
    return 0;
  }
  report(seed, await explain(pool, seed, played));
  return 1;
}

function report(seed: string, { index, message, schedule, trace }: Failure): void {
  console.log(`\nBROKEN, seed ${seed} world ${index}: ${message}`);
  console.log('The shortest schedule that breaks it:');
  for (const [place, step] of schedule.entries()) console.log(`  ${place + 1}. ${step}`);
  console.log('What then happens:');
  for (const line of trace) console.log(`  ${line}`);
  console.log(again(`--seed ${seed} --world ${index}`));
}

function again(options: string): string {
  const planted = values.mistake ? ` --mistake ${values.mistake}` : '';
  return `Again: npm run verify:faults -- ${options}${planted}\n`;
}

function lineOf(reached: Totals, spins: number, elapsedMs: number): string {
  const rate = (reached.spins / elapsedMs) * 1000;
  const left = Math.max(0, (spins - reached.spins) / rate);
  return `${reached.spins} of ${spins} spins, ${rate.toFixed(0)} a second, ${left.toFixed(0)} s left`;
}

function mistakeNamed(name: string | undefined): Mistake | undefined {
  const found = mistakes.find((mistake) => mistake === name);
  if (name !== undefined && !found) throw new Error(`--mistake is one of ${mistakes.join(', ')}`);
  return found;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} is a whole number`);
  return Number(text);
}
