import { ByteReader, ByteWriter } from '../../sdk/assembly';
import {
  FREE_SPINS,
  GAMBLE_LIMIT_MILLIONTHS,
  MAX_GAMBLES,
  MAX_SPIN_MILLIONTHS,
  MULTIPLIERS,
  PAY_UNIT_MILLIONTHS,
} from './maths';

/** No round is open. */
export const IDLE: u8 = 0;
export const FREE_SPINNING: u8 = 1;
export const GAMBLING: u8 = 2;

const MAX_MULTIPLIER: i64 = MULTIPLIERS[MULTIPLIERS.length - 1];

/** The game's whole state: what kind of round is open and how far it is. All zero while none is. */
export class PondState {
  kind: u8 = IDLE;
  /** Free spins still to play, or gambles won. */
  count: i32 = 0;
  /** What the free spins won so far, or the win that is held. */
  millionths: i64 = 0;

  set(kind: u8, count: i32, millionths: i64): void {
    this.kind = kind;
    this.count = count;
    this.millionths = millionths;
  }

  clear(): void {
    this.set(IDLE, 0, 0);
  }

  /** Whether what is held may be doubled once more. */
  get canGamble(): bool {
    return this.count < MAX_GAMBLES && this.millionths <= <i64>GAMBLE_LIMIT_MILLIONTHS / 2;
  }

  encode(out: ByteWriter): void {
    out.u8(this.kind);
    out.u8(<u8>this.count);
    out.u64(<u64>this.millionths);
  }

  decode(bytes: ByteReader): void {
    this.kind = bytes.u8();
    this.count = bytes.u8();
    this.millionths = <i64>bytes.u64();
    if (!this.reachable()) bytes.fail();
  }

  private reachable(): bool {
    if (this.kind == IDLE) return this.count == 0 && this.millionths == 0;
    if (this.millionths < 0 || this.millionths % PAY_UNIT_MILLIONTHS != 0) return false;
    if (this.kind == GAMBLING) return this.heldReachable();
    if (this.kind != FREE_SPINNING || this.count < 1 || this.count > FREE_SPINS) return false;
    return this.millionths <= <i64>(FREE_SPINS - this.count) * MAX_SPIN_MILLIONTHS * MAX_MULTIPLIER;
  }

  /** A win of one spin, doubled with every gamble that was won; what can't be doubled again isn't held. */
  private heldReachable(): bool {
    if (this.millionths == 0 || !this.canGamble) return false;
    const won = this.millionths >> this.count;
    return (
      won << this.count == this.millionths && won % PAY_UNIT_MILLIONTHS == 0 && won <= MAX_SPIN_MILLIONTHS
    );
  }
}
