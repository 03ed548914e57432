import { MINE_COUNTS, PAY_UNIT_MILLIONTHS, RETURN_MILLIONTHS, TILES } from './assembly/maths.ts';

/** What one way to play a mode returns: to reveal so many tiles, any of them, and then to cash out. */
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
 * Every strategy: which tiles does not matter, as every layout is equally likely, and seeing that a tile is safe says
 * nothing about which of the others are. So the best return of a mode is the best of these.
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
