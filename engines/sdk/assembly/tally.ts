import { ByteWriter } from './byte-writer';

/** Where the histogram's buckets begin, in millionths of the base bet; the first one holds the rounds without a win. */
const BUCKET_STARTS: StaticArray<i64> = [
  0, 1, 500000, 1000000, 2000000, 5000000, 10000000, 20000000, 50000000, 100000000, 200000000, 500000000,
  1000000000, 2000000000, 5000000000,
];

/** An unsigned sum of 128 bits. */
class WideSum {
  low: u64 = 0;
  high: u64 = 0;

  clear(): void {
    this.low = 0;
    this.high = 0;
  }

  addSquare(value: u64): void {
    const low = value & 0xffffffff;
    const high = value >> 32;
    const cross = low * high;
    this.add(low * low, high * high);
    this.add(cross << 33, cross >> 31);
  }

  write(out: ByteWriter): void {
    out.u64(this.low);
    out.u64(this.high);
  }

  private add(low: u64, high: u64): void {
    const sum = this.low + low;
    this.high += high + <u64>(sum < low);
    this.low = sum;
  }
}

/** A simulation counts this. Payouts are millionths of the base bet. */
export class Tally {
  private rounds: u64 = 0;
  private hits: u64 = 0;
  private bonuses: u64 = 0;
  private bonusSteps: u64 = 0;
  private basePayout: u64 = 0;
  private bonusPayout: u64 = 0;
  private maxWin: u64 = 0;
  private baseSquares: WideSum = new WideSum();
  private bonusSquares: WideSum = new WideSum();
  private roundSquares: WideSum = new WideSum();
  private histogram: StaticArray<u64> = new StaticArray<u64>(BUCKET_STARTS.length);

  clear(): void {
    this.rounds = 0;
    this.hits = 0;
    this.bonuses = 0;
    this.bonusSteps = 0;
    this.basePayout = 0;
    this.bonusPayout = 0;
    this.maxWin = 0;
    this.baseSquares.clear();
    this.bonusSquares.clear();
    this.roundSquares.clear();
    for (let bucket = 0; bucket < this.histogram.length; bucket++) this.histogram[bucket] = 0;
  }

  countRound(basePayout: u64, bonusPayout: u64, bonusWon: bool, bonusSteps: u32): void {
    const win = basePayout + bonusPayout;
    this.rounds += 1;
    this.bonuses += <u64>bonusWon;
    this.bonusSteps += bonusSteps;
    let bucket = 0;
    if (win > 0) {
      this.hits += 1;
      this.basePayout += basePayout;
      this.bonusPayout += bonusPayout;
      this.maxWin = max(this.maxWin, win);
      this.baseSquares.addSquare(basePayout);
      this.bonusSquares.addSquare(bonusPayout);
      this.roundSquares.addSquare(win);
      bucket = BUCKET_STARTS.length - 1;
      while (<u64>BUCKET_STARTS[bucket] > win) bucket--;
    }
    this.histogram[bucket] += 1;
  }

  write(out: ByteWriter): void {
    out.u64(this.rounds);
    out.u64(this.hits);
    out.u64(this.bonuses);
    out.u64(this.bonusSteps);
    out.u64(this.basePayout);
    out.u64(this.bonusPayout);
    out.u64(this.maxWin);
    this.baseSquares.write(out);
    this.bonusSquares.write(out);
    this.roundSquares.write(out);
    out.u32(<u32>this.histogram.length);
    for (let bucket = 0; bucket < this.histogram.length; bucket++) {
      out.u64(<u64>BUCKET_STARTS[bucket]);
      out.u64(this.histogram[bucket]);
    }
  }
}
