import { RequestError } from './errors.ts';
import type { Clock } from './clock.ts';

/** One request may read this much and no more. */
export interface WorkLimits {
  /** Counts files of the archive. */
  readonly files: number;
  readonly rounds: number;
  readonly transactions: number;
  /** Counts single rounds that are looked up in the ledger or on the wallet's books. */
  readonly lookups: number;
  readonly timeMs: number;
}

/** One request may have so many look-ups under way at an operator's wallet at once. */
const AT_ONCE = 8;

/** Counts what a request reads, and ends the request where that becomes too much. */
export class Workload {
  readonly #limits: WorkLimits;
  readonly #clock: Clock;
  readonly #endsAtMs: number;
  readonly #spent = { files: 0, rounds: 0, transactions: 0, lookups: 0 };

  constructor(limits: WorkLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#endsAtMs = clock.nowMs() + limits.timeMs;
  }

  /** @throws RequestError PERIOD_TOO_LARGE */
  spend(what: Exclude<keyof WorkLimits, 'timeMs'>, count: number): void {
    this.#spent[what] += count;
    if (this.#spent[what] > this.#limits[what]) {
      throw tooLarge(`has more than ${this.#limits[what]} ${what} to read`);
    }
    if (this.#clock.nowMs() > this.#endsAtMs) {
      throw tooLarge('takes longer to read than there is time');
    }
  }

  /** Looks up all items, some at a time. @throws RequestError PERIOD_TOO_LARGE */
  async lookUp<T, R>(items: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    for (let from = 0; from < items.length; from += AT_ONCE) {
      const group = items.slice(from, from + AT_ONCE);
      this.spend('lookups', group.length);
      results.push(...(await Promise.all(group.map(one))));
    }
    return results;
  }
}

function tooLarge(why: string): RequestError {
  return new RequestError('PERIOD_TOO_LARGE', `The period ${why}; ask for a shorter one`);
}
