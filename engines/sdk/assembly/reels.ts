import { JsonWriter } from './json-writer';
import { Random } from './random';

/** Cyclic reel strips, one string a reel, one letter a symbol. */
export class ReelSet {
  readonly reels: i32;
  /** All strips in a row, each followed by its own beginning so that no window has to wrap. */
  private strips: StaticArray<u8>;
  private starts: StaticArray<i32>;
  private lengths: StaticArray<u32>;

  /** `alphabet` numbers the symbols: a letter's position in it is the symbol's number. */
  constructor(strips: string[], rows: i32, alphabet: string) {
    let total = 0;
    for (let reel = 0; reel < strips.length; reel++) total += strips[reel].length + rows - 1;
    this.reels = strips.length;
    this.strips = new StaticArray<u8>(total);
    this.starts = new StaticArray<i32>(strips.length);
    this.lengths = new StaticArray<u32>(strips.length);
    let start = 0;
    for (let reel = 0; reel < strips.length; reel++) {
      const strip = strips[reel];
      this.starts[reel] = start;
      this.lengths[reel] = <u32>strip.length;
      for (let stop = 0; stop < strip.length + rows - 1; stop++) {
        const symbol = alphabet.indexOf(strip.charAt(stop % strip.length));
        assert(symbol >= 0);
        this.strips[start + stop] = <u8>symbol;
      }
      start += strip.length + rows - 1;
    }
  }

  /** How many stops a reel has. */
  length(reel: i32): u32 {
    return this.lengths[reel];
  }

  symbol(reel: i32, stop: i32): u8 {
    return this.strips[this.starts[reel] + stop];
  }

  /** Copies the symbols in sight at a stop. */
  copy(reel: i32, stop: i32, cells: StaticArray<u8>, at: i32, rows: i32): void {
    const strips = this.strips;
    const from = this.starts[reel] + stop;
    // Checked once for all rows; every index below lies between.
    assert(from >= 0 && from + rows <= strips.length && at >= 0 && at + rows <= cells.length);
    for (let row = 0; row < rows; row++) unchecked((cells[at + row] = strips[from + row]));
  }
}

/** The symbols in sight, reel by reel and from the top. */
export class Window {
  readonly cells: StaticArray<u8>;

  constructor(
    readonly reels: i32,
    readonly rows: i32,
  ) {
    this.cells = new StaticArray<u8>(reels * rows);
  }

  /** Turns every reel to a stop of its own, each equally likely. The stop is the one at the top. */
  spin(set: ReelSet, random: Random): void {
    for (let reel = 0; reel < this.reels; reel++)
      this.stopReel(set, reel, <i32>random.below(set.length(reel)));
  }

  stopReel(set: ReelSet, reel: i32, stop: i32): void {
    set.copy(reel, stop, this.cells, reel * this.rows, this.rows);
  }

  count(symbol: i32): i32 {
    const cells = this.cells;
    const length = cells.length;
    let found = 0;
    let cell = 0;
    // Four at a time: a loop costs fuel at each turn.
    for (; cell + 3 < length; cell += 4) {
      found += <i32>(<i32>unchecked(cells[cell]) == symbol);
      found += <i32>(<i32>unchecked(cells[cell + 1]) == symbol);
      found += <i32>(<i32>unchecked(cells[cell + 2]) == symbol);
      found += <i32>(<i32>unchecked(cells[cell + 3]) == symbol);
    }
    for (; cell < length; cell++) found += <i32>(<i32>unchecked(cells[cell]) == symbol);
    return found;
  }

  /** As one string, row by row from the top, a slash between rows. */
  write(json: JsonWriter, alphabet: string): void {
    json.beginString();
    for (let row = 0; row < this.rows; row++) {
      if (row > 0) json.character(0x2f);
      for (let reel = 0; reel < this.reels; reel++) {
        json.character(alphabet.charCodeAt(this.cells[reel * this.rows + row]));
      }
    }
    json.endString();
  }
}
