import type { Round } from '../../../shared/rounds/round.ts';
import { name, seedOf } from '../recompute.ts';
import type { Check } from './check.ts';

/** Each round has a seed that was drawn for it alone, however the round before it has ended. */
export class FreshSeeds {
  readonly #check: Check;
  readonly #drawn = new Set<string>();
  readonly #used = new Set<string>();

  constructor(check: Check) {
    this.#check = check;
  }

  drawn(seed: Uint8Array): void {
    this.#drawn.add(hex(seed));
  }

  appended(round: Round): void {
    const seed = hex(seedOf(round));
    this.#check(this.#drawn.has(seed), 'a seed comes from the generator', () => `round ${name(round)}`);
    this.#check(!this.#used.has(seed), 'no seed is used twice', () => `round ${name(round)}`);
    this.#used.add(seed);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
