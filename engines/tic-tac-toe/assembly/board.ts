import { ByteReader, ByteWriter } from '../../sdk/assembly';

export const CELLS: i32 = 9;
export const EMPTY: u8 = 0;
export const X: u8 = 1;
export const O: u8 = 2;
/** As a winner: nobody, on a full board. */
export const DRAW: u8 = 3;

/** Three cells in a row, one bit a cell. */
const ROWS: StaticArray<i32> = [
  0b000000111, 0b000111000, 0b111000000, 0b001001001, 0b010010010, 0b100100100, 0b100010001, 0b001010100,
];

/** The whole state, in eleven bytes as they stand here: nine cells, whose turn it is, who won. */
export class Board {
  readonly cells: StaticArray<u8> = new StaticArray<u8>(CELLS);
  toMove: u8 = X;
  winner: u8 = EMPTY;

  get over(): bool {
    return this.winner != EMPTY;
  }

  clear(): void {
    for (let cell = 0; cell < CELLS; cell++) this.cells[cell] = EMPTY;
    this.toMove = X;
    this.winner = EMPTY;
  }

  /** A finished board is cleared by the first move of the next game. */
  allows(cell: i32): bool {
    return this.over || this.cells[cell] == EMPTY;
  }

  place(cell: i32): void {
    if (this.over) this.clear();
    this.cells[cell] = this.toMove;
    this.toMove = this.toMove == X ? O : X;
    this.winner = this.judge();
  }

  encode(out: ByteWriter): void {
    for (let cell = 0; cell < CELLS; cell++) out.u8(this.cells[cell]);
    out.u8(this.toMove);
    out.u8(this.winner);
  }

  decode(bytes: ByteReader): void {
    for (let cell = 0; cell < CELLS; cell++) {
      const mark = bytes.u8();
      if (mark > O) bytes.fail();
      this.cells[cell] = mark;
    }
    this.toMove = bytes.u8();
    this.winner = bytes.u8();
    if (!this.reachable()) bytes.fail();
  }

  /** X begins, turns alternate, and nobody moves after a win. */
  private reachable(): bool {
    const ofX = popcnt(this.mask(X));
    const ofO = popcnt(this.mask(O));
    if (ofX != ofO && ofX != ofO + 1) return false;
    if (this.toMove != (ofX == ofO ? X : O) || this.winner != this.judge()) return false;
    const lastMoved = ofX == ofO ? O : X;
    return !this.hasRow(lastMoved == X ? O : X);
  }

  private judge(): u8 {
    if (this.hasRow(X)) return X;
    if (this.hasRow(O)) return O;
    return popcnt(this.mask(X) | this.mask(O)) == CELLS ? DRAW : EMPTY;
  }

  private hasRow(player: u8): bool {
    const mask = this.mask(player);
    for (let row = 0; row < ROWS.length; row++) if ((mask & ROWS[row]) == ROWS[row]) return true;
    return false;
  }

  private mask(player: u8): i32 {
    let mask = 0;
    for (let cell = 0; cell < CELLS; cell++) mask |= (<i32>(this.cells[cell] == player)) << cell;
    return mask;
  }
}
