import { Random } from './random';

/** Chooses among numbered outcomes, each as often as its weight says, with one uniform integer a choice. */
export class WeightedChoice {
  /** The sum of the weights up to each outcome; increasing, so that a choice is a binary search. */
  private bounds: StaticArray<u32>;

  /** `weights`: none negative, at least one above 0, their sum below 2^32. An outcome of weight 0 is never chosen. */
  constructor(weights: i32[]) {
    assert(weights.length > 0);
    this.bounds = new StaticArray<u32>(weights.length);
    let sum: u64 = 0;
    for (let outcome = 0; outcome < weights.length; outcome++) {
      assert(weights[outcome] >= 0);
      sum += <u64>weights[outcome];
      assert(sum <= <u64>u32.MAX_VALUE);
      this.bounds[outcome] = <u32>sum;
    }
    assert(sum > 0);
  }

  get totalWeight(): u32 {
    return this.bounds[this.bounds.length - 1];
  }

  choose(random: Random): i32 {
    const drawn = random.below(this.totalWeight);
    let low = 0;
    let high = this.bounds.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (drawn < this.bounds[middle]) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
