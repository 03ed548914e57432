import { pairs as allPairs } from './faults.ts';
import type { Played } from './play-world.ts';
import type { Pool } from './pool.ts';
import { shortestSchedule } from './shrink.ts';

export interface Totals {
  worlds: number;
  spins: number;
  rounds: number;
  faults: number;
  virtualMs: number;
  digest: number;
  readonly pairs: Map<string, number>;
}

export interface Failure {
  readonly index: number;
  readonly message: string;
  /** What had to happen, no less. */
  readonly schedule: readonly string[];
  /** All that then happened, line by line. */
  readonly trace: readonly string[];
}

export interface Simulation {
  readonly totals: Totals;
  readonly failure: Failure | undefined;
  readonly unvisited: readonly string[];
}

/** Says which worlds are played. All follow from the seed. */
export interface Run {
  readonly seed: string;
  /** Whether calls pass through the product's adapters. Each world draws it where it is undefined. */
  readonly adapters?: boolean | undefined;
}

interface Options extends Run {
  readonly spins: number;
  readonly onProgress?: (totals: Totals) => void;
}

/**
 * Plays worlds until their players have asked for so many spins, or one of them breaks a rule. Worlds are counted in the
 * order of their numbers, whatever order they end in. So the same seed gives the same result on any number of threads.
 */
export async function simulate(pool: Pool, { spins, onProgress, ...run }: Options): Promise<Simulation> {
  const totals: Totals = {
    worlds: 0,
    spins: 0,
    rounds: 0,
    faults: 0,
    virtualMs: 0,
    digest: 0,
    pairs: new Map(),
  };
  const running: Promise<Played>[] = [];
  // A long run has more worlds in hand, so that no thread waits for a world that takes long. A short one plays few in vain.
  const inHand = pool.size * (spins > 100_000 ? 10 : 2);
  let next = 0;
  let failed: Played | undefined;
  while (!failed && totals.spins < spins) {
    for (; running.length < inHand; next += 1) running.push(pool.play({ ...run, index: next }));
    const played = await running.shift();
    if (!played) break;
    add(totals, played);
    if (played.violation) failed = played;
    onProgress?.(totals);
  }
  await Promise.all(running);
  const unvisited = allPairs.filter((pair) => !totals.pairs.has(pair));
  return { totals, failure: failed && (await explain(pool, run, failed)), unvisited };
}

/** Finds the shortest schedule with which a world still breaks the same rule. */
export async function explain(pool: Pool, run: Run, played: Played): Promise<Failure> {
  const { index } = played;
  const schedule = await shortestSchedule(played, (allowed) => pool.play({ ...run, index, allowed }));
  const shortest = await pool.play({ ...run, index, allowed: schedule, trace: true });
  return { index, message: shortest.violation?.message ?? '', schedule, trace: shortest.lines };
}

function add(totals: Totals, played: Played): void {
  totals.worlds += 1;
  totals.spins += played.spins;
  totals.rounds += played.rounds;
  totals.faults += played.faults;
  totals.virtualMs += played.virtualMs;
  totals.digest = (Math.imul(totals.digest, 31) + played.digest) >>> 0;
  for (const [pair, count] of played.pairs) totals.pairs.set(pair, (totals.pairs.get(pair) ?? 0) + count);
}
