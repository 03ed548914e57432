import { MINE_COUNTS, PAY_UNIT_MILLIONTHS, RETURN_MILLIONTHS, TILES } from './assembly/maths.ts';

/** A strategy is one way to play a mode: the player reveals so many tiles, any of them, and then cashes out. */
export interface Strategy {
  readonly mines: number;
  readonly reveals: number;
  /** What is cashed out, in millionths of the bet. */
  readonly payMillionths: bigint;
  /** The chance to get there, as a fraction. */
  readonly ways: bigint;
  readonly of: bigint;
  /** Exact, then rounded down to a millionth. */
  readonly rtpMillionths: bigint;
}

/**
 * Lists every strategy. It does not matter which tiles are revealed, because every layout is equally likely. A safe
 * tile says nothing about which of the others are safe. So the best return of a mode is the best of these.
 */
export function strategiesOf(mines: number): Strategy[] {
  const returned = BigInt(RETURN_MILLIONTHS[MINE_COUNTS.indexOf(mines)] ?? 0);
  const unit = BigInt(PAY_UNIT_MILLIONTHS);
  return Array.from({ length: TILES - mines + 1 }, (_, reveals) => {
    // Of all ways to put the mines, those that put them elsewhere.
    const of = choose(TILES, mines);
    const ways = choose(TILES - reveals, mines);
    const payMillionths = ((returned * of) / (ways * unit)) * unit;
    return { mines, reveals, payMillionths, ways, of, rtpMillionths: (payMillionths * ways) / of };
  });
}

function choose(n: number, m: number): bigint {
  return m === 0 ? 1n : (choose(n - 1, m - 1) * BigInt(n)) / BigInt(m);
}

if (import.meta.main) {
  for (const mines of MINE_COUNTS) {
    console.table(strategiesOf(mines), ['mines', 'reveals', 'payMillionths', 'rtpMillionths']);
  }
}
