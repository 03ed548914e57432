/** A 32-bit hash of a text (FNV-1a with a final mix): short, and the same on every machine. */
export function hash(text: string, seed = 0x811c9dc5): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mixed(value);
}

function mixed(value: number): number {
  let word = value >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * This is sfc32 by Chris Doty-Humphrey. It is written out here because a recorded seed must mean the same for good, whatever
 * a library does in its next version. Each actor has one of its own, seeded by its name. So an actor that is left out of a
 * world leaves the draws of all others as they were.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#a = hash(seed);
    this.#b = mixed(this.#a ^ 0x9e3779b9);
    this.#c = hash(seed, this.#b | 1);
    for (let turn = 0; turn < 8; turn += 1) this.next();
  }

  /** 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** An integer from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** An integer of the range, both ends included. */
  between(least: number, most: number): number {
    if (most < least) throw new RangeError(`nothing is between ${least} and ${most}`);
    return least + this.below(most - least + 1);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff);
  }

  /** RFC 9562, version 4. */
  uuid(): string {
    const words = [
      this.next(),
      (this.next() & 0xffff0fff) | 0x4000,
      (this.next() & 0x3fffffff) | 0x80000000,
      this.next(),
    ];
    const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
