import { ByteReader, ByteWriter } from '../../sdk/assembly';
import { FREE_SPIN_MULTIPLIER, FREE_SPINS, MAX_SPIN_LINE_BETS } from './maths';

/** All that a step needs to know of the ones before it. All zero while no free spins are won. */
export class SpinState {
  freeSpins: i32 = 0;
  /** What the free spins won so far, in line bets. */
  won: i32 = 0;

  clear(): void {
    this.freeSpins = 0;
    this.won = 0;
  }

  encode(out: ByteWriter): void {
    out.u8(<u8>this.freeSpins);
    out.u32(<u32>this.won);
  }

  /** Bytes that no play leads to are refused, so that no mistake elsewhere becomes a win. */
  decode(bytes: ByteReader): void {
    this.freeSpins = bytes.u8();
    const won = bytes.u32();
    const most = (FREE_SPINS - this.freeSpins) * FREE_SPIN_MULTIPLIER * MAX_SPIN_LINE_BETS;
    if (this.freeSpins > FREE_SPINS || (this.freeSpins == 0 && won > 0) || won > <u32>max(most, 0))
      bytes.fail();
    this.won = <i32>won;
  }
}
