import { createHash } from 'node:crypto';
import { systemRandom } from '../../../shared/adapters/system/random.ts';
import { compileRandomProbe } from '../../sdk/random.fixture.ts';

/** 32 bits at a time. */
export type Words = () => number;

/** What a paid spin of a game with five reels draws before anything else. */
const WORDS_A_ROUND = 5;

/**
 * The words that rounds consume, one round after the other: each has a seed of its own, and takes the head of its
 * stream from the kit's compiled generator.
 * @param seedOf where a round's seed comes from; by default, where the functions that play take it from
 */
export async function roundStream(seedOf: (round: number) => Uint8Array = freshSeed): Promise<Words> {
  const probe = await compileRandomProbe();
  let round = 0;
  let left = 0;
  return () => {
    if (left === 0) {
      probe.startStep(seedOf(round), 0n);
      round += 1;
      left = WORDS_A_ROUND;
    }
    left -= 1;
    return probe.next();
  };
}

function freshSeed(): Uint8Array {
  return systemRandom.bytes(32);
}

/** Seeds that can be had again, for a run that is to be repeated. */
export function seedsFrom(seed: string): (round: number) => Uint8Array {
  return (round) => new Uint8Array(createHash('sha256').update(`${seed}:${round}`).digest());
}

/** A uniform integer below a bound as the wire contract draws it: docs/engines.md, Randomness. */
export function scaled(next: Words, bound: number): number {
  const excess = 2 ** 32 % bound;
  for (;;) {
    const product = BigInt(next()) * BigInt(bound);
    if (Number(product & 0xffff_ffffn) >= excess) return Number(product >> 32n);
  }
}
