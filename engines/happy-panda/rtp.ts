import {
  FREE_SPIN_MULTIPLIER,
  FREE_SPINS,
  LINE_BET_MILLIONTHS,
  LINE_PAYS,
  LINES,
  MOST_FREE_SPINS,
  REELS,
  ROWS,
  SCATTER,
  SCATTER_PAYS,
  SCATTERS_FOR_BONUS,
  WILD,
  ALPHABET,
} from './assembly/paytable.ts';

/** The theoretical figures of happy-panda, from its paytable alone: nothing here is shared with the engine's code. */
export interface Figures {
  /** Of a paid spin alone, in parts of the bet. */
  readonly baseRtp: number;
  /** What the free spins won by a paid spin return, in parts of its bet. */
  readonly bonusRtp: number;
  readonly rtp: number;
  /** How likely a spin is to win free spins. */
  readonly bonusChance: number;
  /** With those that are won again. */
  readonly freeSpinsPerBonus: number;
}

/**
 * Every line is a line like any other, since each stop of a reel is equally likely: the expected pay of one line, in line
 * bets, is the expected pay of all of them in bets. Reels are independent, so that a product enumerates the full cycle.
 */
export function theoreticalFigures(): Figures {
  const scatters = scatterDistribution();
  const linePay = expectedLinePay();
  const scatterPay =
    scatters.reduce((sum, chance, count) => sum + chance * (SCATTER_PAYS[count] ?? 0), 0) / LINES.length;
  const bonusChance = scatters.slice(SCATTERS_FOR_BONUS).reduce((sum, chance) => sum + chance, 0);
  const freeSpinsPerBonus = expectedFreeSpins(bonusChance);
  const baseRtp = linePay + scatterPay;
  const bonusRtp = bonusChance * freeSpinsPerBonus * FREE_SPIN_MULTIPLIER * baseRtp;
  return { baseRtp, bonusRtp, rtp: baseRtp + bonusRtp, bonusChance, freeSpinsPerBonus };
}

function shareOf(reel: string, symbol: number): number {
  return [...reel].filter((letter) => letter === ALPHABET[symbol]).length / reel.length;
}

/** Runs start on the first reel, which has no wild; so the symbol of a run is that of its first reel. */
function expectedLinePay(): number {
  return LINE_PAYS.reduce((total, pays, symbol) => {
    const shares = REELS.map((reel) => shareOf(reel, symbol) + shareOf(reel, WILD));
    return total + pays.reduce((sum, pay, index) => sum + pay * runChance(shares, index + 1), 0);
  }, 0);
}

function runChance(shares: readonly number[], run: number): number {
  const hit = shares.slice(0, run).reduce((product, share) => product * share, 1);
  const next = shares[run];
  return next === undefined ? hit : hit * (1 - next);
}

/** By their number, how likely so many scatters are in sight. A window shows at most one of a reel. */
function scatterDistribution(): number[] {
  return REELS.reduce<number[]>(
    (distribution, reel) => {
      const shown = ROWS * shareOf(reel, SCATTER);
      const next = [...distribution, 0];
      return next.map(
        (_, count) => (distribution[count] ?? 0) * (1 - shown) + (distribution[count - 1] ?? 0) * shown,
      );
    },
    [1],
  );
}

/** By what is left and what was awarded: each free spin is one, and may win more up to the most of one bonus. */
function expectedFreeSpins(bonusChance: number): number {
  const known = new Map<string, number>();
  const expected = (left: number, awarded: number): number => {
    if (left === 0) return 0;
    const key = `${left}/${awarded}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const won = Math.min(FREE_SPINS, MOST_FREE_SPINS - awarded);
    const value =
      1 +
      (1 - bonusChance) * expected(left - 1, awarded) +
      bonusChance * expected(left - 1 + won, awarded + won);
    known.set(key, value);
    return value;
  };
  return expected(FREE_SPINS, FREE_SPINS);
}

/** The most that one step pays, in millionths of the bet: the best of all windows, in a free spin. Takes some seconds. */
export function greatestStepWin(onProgress: (share: number) => void = () => undefined): number {
  const windows = REELS.map((reel) => distinctWindows(reel));
  const [first = [], ...rest] = windows;
  let best = 0;
  first.forEach((window, index) => {
    onProgress(index / first.length);
    best = Math.max(best, bestWith(window, rest));
  });
  return best * LINE_BET_MILLIONTHS * FREE_SPIN_MULTIPLIER;
}

type ReelWindow = readonly number[];

function distinctWindows(reel: string): ReelWindow[] {
  return [...reel].map((_, stop) =>
    Array.from({ length: ROWS }, (__, row) => ALPHABET.indexOf(reel[(stop + row) % reel.length] ?? '')),
  );
}

/** Symbol and length of each line's run so far; -1 where it has ended, with what it paid in `paid`. */
function bestWith(first: ReelWindow, rest: readonly (readonly ReelWindow[])[]): number {
  const symbols = LINES.map((line) => first[Number(line[0])] ?? SCATTER);
  const scatters = first.filter((symbol) => symbol === SCATTER).length;
  const search = (reel: number, open: readonly number[], paid: number, seen: number): number => {
    const windows = rest[reel - 1];
    if (!windows) return paid + sum(open, (line) => payOf(symbols[line], reel)) + (SCATTER_PAYS[seen] ?? 0);
    let best = 0;
    for (const window of windows) {
      const still: number[] = [];
      let ended = paid;
      for (const line of open) {
        const symbol = window[Number(LINES[line]?.[reel])];
        if (symbol === symbols[line] || symbol === WILD) still.push(line);
        else ended += payOf(symbols[line], reel);
      }
      const here = seen + window.filter((symbol) => symbol === SCATTER).length;
      best = Math.max(best, search(reel + 1, still, ended, here));
    }
    return best;
  };
  return search(
    1,
    LINES.map((_, line) => line),
    0,
    scatters,
  );
}

function sum(lines: readonly number[], pay: (line: number) => number): number {
  return lines.reduce((total, line) => total + pay(line), 0);
}

function payOf(symbol: number | undefined, run: number): number {
  return LINE_PAYS[symbol ?? SCATTER]?.[run - 1] ?? 0;
}

if (import.meta.main) {
  const figures = theoreticalFigures();
  const best = greatestStepWin((share) =>
    process.stderr.write(`\r${Math.round(share * 100)} % of all windows`),
  );
  process.stderr.write('\r');
  console.log({
    ...figures,
    rtpMillionths: Math.floor(figures.rtp * 1_000_000),
    greatestStepWinMillionths: best,
  });
}
