import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Check } from './check.ts';

/** Between the stamp of an intent and its write, its opening is sealed, which may take as long as a call may. */
const MOST_SEALING_MS = 4_500;
/** An engine behind a network may be slow as well. */
const MOST_STEPPING_MS = 30_000;

/** Each write is stamped with the time of its writer at which it was sent. */
export class TimeStamps {
  readonly #check: Check;

  constructor(check: Check) {
    this.#check = check;
  }

  appended(round: Round, writersMs: number): void {
    const { startedAtMs, updatedAtMs, stakeMinor } = round;
    const mostMs = stakeMinor > 0n ? MOST_SEALING_MS : MOST_STEPPING_MS;
    // A round without a stake is stepped between its start and its first write.
    const isStamped = stakeMinor > 0n ? updatedAtMs === startedAtMs : updatedAtMs === writersMs;
    this.#check(
      isStamped && startedAtMs <= writersMs && writersMs - startedAtMs <= mostMs,
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
