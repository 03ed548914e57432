import { ByteReader, ByteWriter, Random, share, shuffleFirst } from '../../sdk/assembly';
import { MAX_MINES, MINE_COUNTS, PAY_UNIT_MILLIONTHS, RETURN_MILLIONTHS, TILES } from './maths';

const ALL_TILES: u32 = (1 << TILES) - 1;

/** The ways to choose m of n: n from 0 to the tiles, m from 0 to the most mines. */
const CHOOSE: StaticArray<u32> = pascal();

function pascal(): StaticArray<u32> {
  const width = MAX_MINES + 1;
  const ways = new StaticArray<u32>((TILES + 1) * width);
  for (let n = 0; n <= TILES; n++) {
    ways[n * width] = 1;
    for (let m = 1; m <= MAX_MINES && n > 0; m++) {
      ways[n * width + m] = ways[(n - 1) * width + m - 1] + ways[(n - 1) * width + m];
    }
  }
  return ways;
}

function choose(n: i32, m: i32): u32 {
  return CHOOSE[n * (MAX_MINES + 1) + m];
}

/** The game's whole state: where the mines are, and what was revealed. All zero while no round is open. */
export class Field {
  mines: i32 = 0;
  /** One bit a tile. */
  mineMask: u32 = 0;
  revealedMask: u32 = 0;
  private deck: StaticArray<u8> = new StaticArray<u8>(TILES);

  get open(): bool {
    return this.mines > 0;
  }

  get revealed(): i32 {
    return popcnt(this.revealedMask);
  }

  /** Only mines are left. */
  get cleared(): bool {
    return this.revealed == TILES - this.mines;
  }

  clear(): void {
    this.mines = 0;
    this.mineMask = 0;
    this.revealedMask = 0;
  }

  /** Puts the mines where they stay for the round. */
  lay(mines: i32, random: Random): void {
    this.clear();
    this.mines = mines;
    for (let tile = 0; tile < TILES; tile++) this.deck[tile] = <u8>tile;
    shuffleFirst<u8>(this.deck, mines, random);
    for (let place = 0; place < mines; place++) this.mineMask |= 1 << this.deck[place];
  }

  isMine(tile: i32): bool {
    return ((this.mineMask >> tile) & 1) != 0;
  }

  isRevealed(tile: i32): bool {
    return ((this.revealedMask >> tile) & 1) != 0;
  }

  reveal(tile: i32): void {
    this.revealedMask |= 1 << tile;
  }

  encode(out: ByteWriter): void {
    out.u8(<u8>this.mines);
    out.u32(this.mineMask);
    out.u32(this.revealedMask);
  }

  decode(bytes: ByteReader): void {
    this.mines = bytes.u8();
    this.mineMask = bytes.u32();
    this.revealedMask = bytes.u32();
    if (!this.reachable()) bytes.fail();
  }

  private reachable(): bool {
    if (this.mines == 0) return this.mineMask == 0 && this.revealedMask == 0;
    const known = MINE_COUNTS.includes(this.mines) && popcnt(this.mineMask) == <u32>this.mines;
    const inside = ((this.mineMask | this.revealedMask) & ~ALL_TILES) == 0;
    return known && inside && (this.mineMask & this.revealedMask) == 0 && !this.cleared;
  }
}

/**
 * Computes what is paid after so many tiles. It is the inverse of the chance to reveal them, C(25, m) / C(25 - k, m), times
 * the mode's return. It is rounded down to the unit.
 */
export function payFor(mines: i32, revealed: i32): i64 {
  const fair = share(
    RETURN_MILLIONTHS[MINE_COUNTS.indexOf(mines)],
    choose(TILES, mines),
    choose(TILES - revealed, mines),
  );
  return fair - (fair % PAY_UNIT_MILLIONTHS);
}
