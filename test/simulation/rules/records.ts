import { archiveRecord } from '../../../shared/archive/adapters/archive-record.ts';
import type { RoundEnded } from '../../../shared/events/events.ts';
import type { Round } from '../../../shared/rounds/round.ts';
import { name } from '../recompute.ts';
import type { Check } from './check.ts';

/** Every round that has ended is in the archive and on the bus, as it ended. */
export class Records {
  readonly #check: Check;
  readonly #archive = new Map<string, string>();
  readonly #events = new Map<string, RoundEnded>();

  constructor(check: Check) {
    this.#check = check;
  }

  archived(round: Round): void {
    const record = JSON.stringify(archiveRecord(round));
    const known = this.#archive.get(round.roundId);
    this.#check(
      known === undefined || known === record,
      'a round is archived with one content',
      () => `round ${name(round)}`,
    );
    this.#archive.set(round.roundId, record);
  }

  /** A round may expire from now on. @param newest is the number of the newest round of its log */
  letGo(round: Round, newest: number): void {
    this.#check(
      this.#archive.has(round.roundId),
      'a round leaves the ledger only for the archive',
      () => `round ${name(round)}`,
    );
    this.#check(newest > round.number, 'the newest round of a log stays', () => `round ${name(round)}`);
  }

  published(event: RoundEnded): void {
    this.#events.set(event.eventId, event);
  }

  closing(round: Round): void {
    const where = () => `round ${name(round)} is ${round.status}`;
    this.#check(
      this.#archive.get(round.roundId) === JSON.stringify(archiveRecord(round)),
      'every round is in the archive as it ended',
      where,
    );
    const event = this.#events.get(`${round.roundId}:ended`);
    this.#check(event !== undefined, 'the end of every round is published', where);
    this.#check(
      event?.atMs === round.updatedAtMs && event.status === round.status,
      'the end of a round is published with its time',
      () => `${where()} since ${round.updatedAtMs}, told ${event?.status} at ${event?.atMs}`,
    );
  }
}
