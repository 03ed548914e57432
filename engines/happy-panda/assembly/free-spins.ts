import { ByteReader, ByteWriter } from '../../sdk/assembly';
import { FIRST_MULTIPLIER, FREE_SPINS, MAX_FREE_SPIN_PAY, MAX_RETRIGGERS, MORE_FREE_SPINS } from './maths';

/** The game's whole state: the free spins that are still to play. All zero outside of a bonus. */
export class FreeSpins {
  left: i32 = 0;
  retriggers: i32 = 0;
  /** What the bonus won so far, in line bets. */
  won: i32 = 0;

  get active(): bool {
    return this.left > 0;
  }

  get multiplier(): i32 {
    return FIRST_MULTIPLIER + this.retriggers;
  }

  get canRetrigger(): bool {
    return this.retriggers < MAX_RETRIGGERS;
  }

  start(): void {
    this.left = FREE_SPINS;
    this.retriggers = 0;
    this.won = 0;
  }

  retrigger(): void {
    this.left += MORE_FREE_SPINS;
    this.retriggers += 1;
  }

  clear(): void {
    this.left = 0;
    this.retriggers = 0;
    this.won = 0;
  }

  encode(out: ByteWriter): void {
    out.u8(<u8>this.left);
    out.u8(<u8>this.retriggers);
    out.u32(<u32>this.won);
  }

  decode(bytes: ByteReader): void {
    this.left = bytes.u8();
    this.retriggers = bytes.u8();
    this.won = <i32>bytes.u32();
    if (!this.reachable()) bytes.fail();
  }

  /** Each retrigger took a spin, and no spin wins more than the most at the multiplier reached. */
  private reachable(): bool {
    if (this.left == 0) return this.retriggers == 0 && this.won == 0;
    if (this.retriggers > MAX_RETRIGGERS) return false;
    const awarded = FREE_SPINS + MORE_FREE_SPINS * this.retriggers;
    if (this.left + this.retriggers > awarded) return false;
    const played = awarded - this.left;
    return this.won >= 0 && this.won <= played * MAX_FREE_SPIN_PAY * this.multiplier;
  }
}
