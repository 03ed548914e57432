import {
  LINE_PAYS,
  LINES,
  ROWS,
  SCATTER,
  SCATTER_PAYS,
  SCATTERS_TO_TRIGGER,
  SYMBOLS,
  WILD,
} from './assembly/maths.ts';

/** Counts how often each pay, in line bets, comes up in one full cycle of the reels. */
export interface Cycle {
  /** Of all combinations of stops. */
  readonly combinations: number;
  /** Pays of the windows with fewer scatters than trigger. */
  readonly plain: ReadonlyMap<number, number>;
  /** Pays of the windows that trigger. */
  readonly triggering: ReadonlyMap<number, number>;
}

interface Search {
  readonly windows: readonly (readonly ReelWindow[])[];
  /** For each reel, in how many ways the reels from it on show 0, 1, 2 … scatters. */
  readonly scatterWays: readonly (readonly number[])[];
  readonly plain: Map<number, number>;
  readonly triggering: Map<number, number>;
}

interface ReelWindow {
  readonly symbols: readonly number[];
  readonly scatters: number;
}

/** A line whose run has not ended. */
interface OpenLine {
  readonly rows: readonly number[];
  readonly symbol: number;
}

const lines = LINES.map((line) => line.split('').map(Number));

/** Enumerates every combination of stops; the reels behind the last open line are counted instead of walked. */
export function enumerateCycle(strips: readonly string[]): Cycle {
  const windows = strips.map(windowsOf);
  const search = { windows, scatterWays: countScatterWays(windows), plain: new Map(), triggering: new Map() };
  for (const { symbols, scatters } of windows[0] ?? []) {
    const open = lines.map((rows) => ({ rows, symbol: at(symbols, rows[0]) }));
    walk(search, 1, open, 0, scatters);
  }
  const combinations = strips.reduce((product, strip) => product * strip.length, 1);
  return { combinations, plain: search.plain, triggering: search.triggering };
}

function walk(search: Search, reel: number, open: readonly OpenLine[], paid: number, scatters: number): void {
  const windows = search.windows[reel];
  if (windows === undefined || open.length === 0) {
    const pay = open.reduce((sum, { symbol }) => sum + payOf(symbol, reel), paid);
    count(search, reel, pay, scatters);
    return;
  }
  for (const window of windows) {
    const still: OpenLine[] = [];
    let ended = paid;
    for (const line of open) {
      const symbol = at(window.symbols, line.rows[reel]);
      if (symbol === line.symbol || (symbol === WILD && line.symbol !== SCATTER)) still.push(line);
      else ended += payOf(line.symbol, reel);
    }
    walk(search, reel + 1, still, ended, scatters + window.scatters);
  }
}

function count(
  { scatterWays, plain, triggering }: Search,
  reel: number,
  linePay: number,
  seen: number,
): void {
  for (const [more, ways] of (scatterWays[reel] ?? [1]).entries()) {
    const scatters = seen + more;
    const pays = scatters >= SCATTERS_TO_TRIGGER ? triggering : plain;
    const pay = linePay + at(SCATTER_PAYS, scatters);
    if (ways > 0) pays.set(pay, (pays.get(pay) ?? 0) + ways);
  }
}

function windowsOf(strip: string, reel: number): ReelWindow[] {
  const numbers = strip.split('').map((letter) => SYMBOLS.indexOf(letter));
  if (reel === 0 && numbers.includes(WILD))
    throw new Error('A run could begin with a wild; this counts none that do');
  return numbers.map((_, stop) => {
    const symbols = Array.from({ length: ROWS }, (__, row) => at(numbers, (stop + row) % numbers.length));
    return { symbols, scatters: symbols.filter((symbol) => symbol === SCATTER).length };
  });
}

function countScatterWays(windows: readonly (readonly ReelWindow[])[]): number[][] {
  const ways: number[][] = [[1]];
  for (const reel of windows.toReversed()) {
    const [behind = []] = ways;
    const here = Array.from({ length: behind.length + 1 }, () => 0);
    for (const { scatters } of reel) {
      for (const [more, count] of behind.entries())
        here[scatters + more] = (here[scatters + more] ?? 0) + count;
    }
    ways.unshift(here);
  }
  return ways;
}

function payOf(symbol: number, run: number): number {
  return at(at(LINE_PAYS, symbol), run - 1);
}

function at<T>(list: readonly T[], index: number | undefined): T {
  const value = list[index ?? -1];
  if (value === undefined) throw new RangeError(`There is nothing at ${index}`);
  return value;
}
