import { BLOCK, chacha20Block } from './chacha20';
import { INPUT, SEED_BYTES } from './wire';

const SEED: usize = memory.data(32, 16);
const WORDS_PER_BLOCK: u32 = 16;

/** The random stream of one step: ChaCha20 with the round's seed as its key and the step's nonce. */
export class Random {
  private nonceLow: u32 = 0;
  private nonceHigh: u32 = 0;
  private counter: u32 = 0;
  private wordsUsed: u32 = WORDS_PER_BLOCK;

  /** Takes the seed at the head of the input buffer. */
  takeSeed(): void {
    this.takeSeedAt(INPUT);
  }

  takeSeedAt(address: usize): void {
    memory.copy(SEED, address, SEED_BYTES);
  }

  /** The 96-bit nonce is four zero bytes and then the u64, little endian; the block counter starts at 0. */
  startStep(nonce: u64): void {
    this.nonceLow = <u32>nonce;
    this.nonceHigh = <u32>(nonce >> 32);
    this.counter = 0;
    this.wordsUsed = WORDS_PER_BLOCK;
  }

  /** How many words the step has drawn. */
  get drawn(): u32 {
    return this.counter * WORDS_PER_BLOCK + this.wordsUsed - WORDS_PER_BLOCK;
  }

  /** The next 32 bits of the key stream. */
  next(): u32 {
    if (this.wordsUsed == WORDS_PER_BLOCK) {
      chacha20Block(SEED, this.counter, 0, this.nonceLow, this.nonceHigh);
      this.counter += 1;
      // A wrapped counter would repeat the stream.
      assert(this.counter != 0);
      this.wordsUsed = 0;
    }
    const word = load<u32>(BLOCK + ((<usize>this.wordsUsed) << 2));
    this.wordsUsed += 1;
    return word;
  }

  /**
   * A uniform integer in [0, bound). The high word of `word * bound` is the answer; words whose product's low word
   * falls into the first `2^32 mod bound` values are drawn again, so that every answer has equally many words.
   */
  below(bound: u32): u32 {
    assert(bound != 0);
    let product = <u64>this.next() * <u64>bound;
    if (<u32>product < bound) {
      const excess: u32 = (0 - bound) % bound;
      while (<u32>product < excess) product = <u64>this.next() * <u64>bound;
    }
    return <u32>(product >> 32);
  }
}
