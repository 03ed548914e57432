import { OVERFLOWED, plus, times } from './payout';
import { Window } from './reels';

/** The winning symbols of one window, each with its run of reels and the number of ways through it. */
export class WaysWins {
  private found: i32 = 0;
  private symbols: StaticArray<i32>;
  private runs: StaticArray<i32>;
  private wayCounts: StaticArray<u32>;

  constructor(symbols: i32) {
    this.symbols = new StaticArray<i32>(symbols);
    this.runs = new StaticArray<i32>(symbols);
    this.wayCounts = new StaticArray<u32>(symbols);
  }

  get length(): i32 {
    return this.found;
  }

  clear(): void {
    this.found = 0;
  }

  add(symbol: i32, run: i32, ways: u32): void {
    this.symbols[this.found] = symbol;
    this.runs[this.found] = run;
    this.wayCounts[this.found] = ways;
    this.found += 1;
  }

  symbol(win: i32): i32 {
    return this.symbols[win];
  }

  run(win: i32): i32 {
    return this.runs[win];
  }

  ways(win: i32): u32 {
    return this.wayCounts[win];
  }
}

/**
 * Pays a symbol in any row of neighbouring reels from the left, once for every way through its cells; only the longest
 * run pays. A run begins with the symbol itself: a wild stands for it from the second reel on.
 */
export class WaysEvaluator {
  private symbolCount: i32;
  private pays: StaticArray<i64>;

  /** `pays`: by symbol, what a run of 1, 2 … reels pays for one way, in millionths of the base bet. No wild: -1. */
  constructor(
    pays: i64[][],
    private reels: i32,
    private wild: i32,
  ) {
    this.symbolCount = pays.length;
    this.pays = new StaticArray<i64>(pays.length * (reels + 1));
    for (let symbol = 0; symbol < pays.length; symbol++) {
      assert(pays[symbol].length <= reels);
      for (let run = 1; run <= pays[symbol].length; run++) {
        assert(pays[symbol][run - 1] >= 0);
        this.pays[symbol * (reels + 1) + run] = pays[symbol][run - 1];
      }
    }
  }

  /** What one way of a run pays, in millionths of the base bet. */
  pay(symbol: i32, run: i32): i64 {
    return this.pays[symbol * (this.reels + 1) + run];
  }

  /** Finds the winning symbols; answers what they pay together, in millionths of the base bet, or OVERFLOWED. */
  evaluate(window: Window, wins: WaysWins): i64 {
    assert(window.reels == this.reels);
    wins.clear();
    let total: i64 = 0;
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      if (symbol != this.wild) total = plus(total, this.evaluateSymbol(symbol, window, wins));
    }
    return total;
  }

  private evaluateSymbol(symbol: i32, window: Window, wins: WaysWins): i64 {
    let ways: u64 = 1;
    let run = 0;
    for (; run < this.reels; run++) {
      const here = this.matches(symbol, window, run);
      if (here == 0) break;
      ways *= here;
      if (ways > <u64>u32.MAX_VALUE) return OVERFLOWED;
    }
    const pay = this.pay(symbol, run);
    if (pay == 0) return 0;
    wins.add(symbol, run, <u32>ways);
    return times(pay, <u32>ways);
  }

  private matches(symbol: i32, window: Window, reel: i32): u32 {
    let found: u32 = 0;
    for (let row = 0; row < window.rows; row++) {
      const here: i32 = window.cells[reel * window.rows + row];
      found += <u32>(here == symbol || (reel > 0 && here == this.wild));
    }
    return found;
  }
}
