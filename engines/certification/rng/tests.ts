import { chiSquare, normalTail } from '../../../shared/simulation/statistics.ts';
import { scaled, type Words } from './stream.ts';

/** Computes how likely a fair source is to look at least as odd as these words do. */
export type RandomnessTest = (next: Words, words: number) => number;

/**
 * Most tests come from two publications. Knuth, The Art of Computer Programming, volume 2, 3.3.2 has frequency, serial,
 * gap and poker. NIST SP 800-22, 2.3 has runs. One more tests the scaled numbers that games use.
 */
export const randomnessTests: Readonly<Record<string, RandomnessTest>> = {
  'chi-square': frequency,
  runs,
  serial: serial(1),
  'serial-5': serial(5),
  gap,
  poker,
  scaled: scaledFrequency,
};

/** Each byte value as often as every other one. */
function frequency(next: Words, words: number): number {
  const counts = zeros(256);
  for (let index = 0; index < words; index += 1) {
    const word = next();
    for (let shift = 0; shift < 32; shift += 8) bump(counts, (word >>> shift) & 255);
  }
  return chiSquare(
    counts,
    counts.map(() => 1),
  ).pValue;
}

/** As many changes between 0 and 1, bit after bit, as there should be for so many ones. */
function runs(next: Words, words: number): number {
  const bits = words * 32;
  let ones = 0;
  let changes = 0;
  let last = -1;
  for (let index = 0; index < words; index += 1) {
    const word = next();
    ones += onesIn(word);
    // A bit of `word ^ (word >>> 1)` is set where a bit differs from the next higher one.
    const inside = (word ^ (word >>> 1)) & 0x7fff_ffff;
    changes += onesIn(inside);
    if (last !== -1 && last !== (word & 1)) changes += 1;
    last = word >>> 31;
  }
  const share = ones / bits;
  const expected = 2 * bits * share * (1 - share);
  const distance = (changes + 1 - expected) / (2 * Math.sqrt(bits) * share * (1 - share));
  return normalTail(distance);
}

/** Each pair of half bytes at one place of two words as often as every other pair, where `lag` words lie between their beginnings. */
function serial(lag: number): RandomnessTest {
  return (next, words) => {
    const counts = zeros(256);
    for (let pairs = 0; pairs < words / 2; pairs += lag) {
      const earlier = Array.from({ length: lag }, next);
      for (const word of earlier) {
        const later = next();
        for (let shift = 0; shift < 32; shift += 4) {
          bump(counts, ((word >>> shift) & 15) * 16 + ((later >>> shift) & 15));
        }
      }
    }
    return chiSquare(
      counts,
      counts.map(() => 1),
    ).pValue;
  };
}

const GAPS = 40;

/** How long it takes from one number below a tenth to the next one: geometrically distributed. */
function gap(next: Words, words: number): number {
  const p = 0.1;
  const counts = zeros(GAPS + 1);
  let length = 0;
  for (let index = 0; index < words; index += 1) {
    if (next() / 2 ** 32 >= p) {
      length += 1;
      continue;
    }
    bump(counts, Math.min(length, GAPS));
    length = 0;
  }
  // No such number among thousands.
  if (counts.every((count) => count === 0)) return 0;
  const weights = counts.map((_, gapLength) =>
    gapLength === GAPS ? (1 - p) ** GAPS : p * (1 - p) ** gapLength,
  );
  return chiSquare(counts, weights).pValue;
}

/** How many different half bytes there are in a hand of five. */
function poker(next: Words, words: number): number {
  const counts = zeros(6);
  const digit = digits(next);
  const hands = Math.floor((words * 8) / 5);
  for (let hand = 0; hand < hands; hand += 1) {
    let seen = 0;
    for (let card = 0; card < 5; card += 1) seen |= 1 << digit();
    bump(counts, onesIn(seen));
  }
  return chiSquare(counts, HANDS).pValue;
}

/** Of 16^5 hands, those with 0 to 5 different cards: Stirling numbers of the second kind times 16·15·14 … */
const HANDS = [0, 16, 15 * 240, 25 * 3_360, 10 * 43_680, 524_160];

/** Reels of 33 to 37 stops show each stop as often as every other one. */
function scaledFrequency(next: Words, words: number): number {
  const stops = 33 + (next() % 5);
  const counts = zeros(stops);
  for (let index = 0; index < words; index += 1) bump(counts, scaled(next, stops));
  return chiSquare(
    counts,
    counts.map(() => 1),
  ).pValue;
}

function digits(next: Words): () => number {
  let word = 0;
  let left = 0;
  return () => {
    if (left === 0) {
      word = next();
      left = 8;
    }
    left -= 1;
    const digit = word & 15;
    word >>>= 4;
    return digit;
  };
}

/** Hacker's Delight, 5-1. */
function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

function bump(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
