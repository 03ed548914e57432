import { MAX_MULTIPLIER_MILLIONTHS, RETURN_MILLIONTHS } from './assembly/maths.ts';

const WORDS = 2n ** 32n;

/**
 * Tells where a round crashes for the first word of its stream: 0.97 * 2^32 / (w + 1), cut to a millionth and to the
 * maximum.
 */
export function crashPointOf(word: number): bigint {
  const point = (BigInt(RETURN_MILLIONTHS) * WORDS) / (BigInt(word) + 1n);
  const most = BigInt(MAX_MULTIPLIER_MILLIONTHS);
  return point < most ? point : most;
}

/** Computes the exact chance that a round reaches a multiplier up to the maximum, as words of all words. */
export function chanceToReach(multiplierMillionths: bigint): { readonly words: bigint; readonly of: bigint } {
  return { words: (BigInt(RETURN_MILLIONTHS) * WORDS) / multiplierMillionths, of: WORDS };
}
