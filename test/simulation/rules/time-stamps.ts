import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Check } from './check.ts';

/** Between the stamp of an intent and its write, its opening is sealed, which may take as long as a call may. */
const MOST_SEALING_MS = 4_500;

/** Each write is stamped with the time of its writer at which it was sent. */
export class TimeStamps {
  readonly #check: Check;

  constructor(check: Check) {
    this.#check = check;
  }

  appended(round: Round, writersMs: number): void {
    const { startedAtMs, updatedAtMs } = round;
    this.#check(
      startedAtMs === updatedAtMs && startedAtMs <= writersMs && writersMs - startedAtMs <= MOST_SEALING_MS,
      'a round starts at the time of its first write',
      () => `round ${name(round)}: ${startedAtMs}, ${updatedAtMs}, written at ${writersMs}`,
    );
  }

  written(after: Round, writersMs: number): void {
    this.#check(
      after.updatedAtMs === writersMs,
      'each write is stamped with its own time',
      () => `round ${name(after)} became ${after.status} at ${writersMs}, stamped ${after.updatedAtMs}`,
    );
  }
}
