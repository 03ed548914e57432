import { Window } from './reels';

/** The winning lines of one window, those with the same symbol and run in one group. */
export class LineWins {
  private groups: i32 = 0;
  /** By symbol and run, so that a group is found without a search. */
  private lines: StaticArray<u32>;
  /** When a group was last begun. Clearing the groups of the step before would cost this one fuel for that one's wins. */
  private begun: StaticArray<u64>;
  private turn: u64 = 1;
  private keys: StaticArray<i32>;

  constructor(
    symbols: i32,
    private reels: i32,
  ) {
    this.lines = new StaticArray<u32>(symbols * (reels + 1));
    this.begun = new StaticArray<u64>(symbols * (reels + 1));
    this.keys = new StaticArray<i32>(symbols * (reels + 1));
  }

  get length(): i32 {
    return this.groups;
  }

  clear(): void {
    this.turn += 1;
    this.groups = 0;
  }

  add(line: i32, symbol: i32, run: i32): void {
    const key = symbol * (this.reels + 1) + run;
    if (this.begun[key] != this.turn) {
      this.begun[key] = this.turn;
      this.lines[key] = 0;
      this.keys[this.groups] = key;
      this.groups += 1;
    }
    this.lines[key] |= 1 << line;
  }

  symbol(group: i32): i32 {
    return this.keys[group] / (this.reels + 1);
  }

  run(group: i32): i32 {
    return this.keys[group] % (this.reels + 1);
  }

  /** One bit a line, the first line lowest. */
  lineMask(group: i32): u32 {
    return this.lines[this.keys[group]];
  }
}

/** Pays runs of one symbol from the leftmost reel along fixed lines; a wild stands for any symbol that pays on lines. */
export class LineEvaluator {
  private reels: i32;
  private rows: i32;
  private lineCount: i32;
  /** The cell of each line on each reel. */
  private cells: StaticArray<u8>;
  /** By symbol and run, in line bets; a run of 0 pays 0. */
  private pays: StaticArray<i32>;
  /** The shortest run that pays anything. */
  private shortest: i32 = i32.MAX_VALUE;

  /**
   * `lines`: a digit a reel, the row from the top. `pays`: by symbol, what a run of 1, 2 … reels pays, in line bets;
   * a symbol without pays, such as a scatter, ends every run. No wild: -1. A pay is at least 0, and all lines at the
   * best of them fit 31 bits.
   */
  constructor(
    lines: string[],
    rows: i32,
    pays: i32[][],
    private wild: i32,
  ) {
    assert(lines.length <= 32);
    const reels = lines[0].length;
    this.reels = reels;
    this.lineCount = lines.length;
    this.rows = rows;
    this.cells = new StaticArray<u8>(lines.length * reels);
    this.pays = new StaticArray<i32>(pays.length * (reels + 1));
    for (let line = 0; line < lines.length; line++) {
      assert(lines[line].length == reels);
      for (let reel = 0; reel < reels; reel++) {
        const row = lines[line].charCodeAt(reel) - 0x30;
        assert(row >= 0 && row < rows);
        this.cells[line * reels + reel] = <u8>(reel * rows + row);
      }
    }
    const most = i32.MAX_VALUE / lines.length;
    for (let symbol = 0; symbol < pays.length; symbol++) {
      assert(pays[symbol].length <= reels);
      for (let run = 1; run <= pays[symbol].length; run++) {
        const pay = pays[symbol][run - 1];
        assert(pay >= 0 && pay <= most);
        this.pays[symbol * (reels + 1) + run] = pay;
        if (pay > 0) this.shortest = min(this.shortest, run);
      }
    }
  }

  /** What one line pays for a run, in line bets. */
  pay(symbol: i32, run: i32): i32 {
    return this.pays[symbol * (this.reels + 1) + run];
  }

  /** Finds the winning lines; answers what they pay together, in line bets. */
  evaluate(window: Window, wins: LineWins): i32 {
    wins.clear();
    const grid = window.cells;
    // The constructor has checked every line's cells against this shape.
    assert(window.reels == this.reels && window.rows == this.rows);
    const lineCount = this.lineCount;
    let total = 0;
    for (let line = 0; line < lineCount; line++) total += this.evaluateLine(line, grid, wins);
    return total;
  }

  private evaluateLine(line: i32, grid: StaticArray<u8>, wins: LineWins): i32 {
    const wild = this.wild;
    const reels = this.reels;
    const cells = this.cells;
    const first = line * reels;
    let symbol: i32 = unchecked(grid[unchecked(cells[first])]);
    let wilds = <i32>(symbol == wild);
    let run = 1;
    for (; run < reels; run++) {
      const here: i32 = unchecked(grid[unchecked(cells[first + run])]);
      if (here == wild) {
        wilds += <i32>(symbol == wild);
      } else if (symbol == wild) {
        symbol = here;
      } else if (here != symbol) {
        break;
      }
    }
    if (run < this.shortest) return 0;
    const pay = this.pay(symbol, run);
    const wildPay = wilds > 0 ? this.pay(wild, wilds) : 0;
    if (max(pay, wildPay) == 0) return 0;
    // A run of wilds alone may be worth more than the longer one that it begins.
    if (wildPay > pay) {
      wins.add(line, wild, wilds);
      return wildPay;
    }
    wins.add(line, symbol, run);
    return pay;
  }
}
