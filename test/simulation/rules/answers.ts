import type { Round } from '../../../shared/rounds/round.ts';
import { engineFailures } from '../faults.ts';
import type { Check } from './check.ts';

interface Told {
  readonly code?: string;
  readonly retryable?: boolean;
  readonly round_id?: string;
}

/** An engine that is asked for its first state fails with one of these codes before there is a round. */
const failuresOfEngines: ReadonlySet<string | undefined> = new Set([
  'TIMEOUT',
  ...Object.values(engineFailures),
]);

/**
 * Checks what a client hears. An answer that names a round is that round's for good, and no attempt is told another one. An
 * attempt that begins afterwards is told nothing else, only to wait. One that was under way already may have read the log
 * before the round was there. It may be refused for a session that has expired by its own clock, because it did nothing.
 */
export class Answers {
  readonly #check: Check;
  readonly #known = new Map<string, string>();
  readonly #roundOf: (roundId: string) => Round | undefined;

  constructor(check: Check, roundOf: (roundId: string) => Round | undefined) {
    this.#check = check;
    this.#roundOf = roundOf;
  }

  has(request: string): boolean {
    return this.#known.has(request);
  }

  /** @returns the round that the client has learned the end of */
  answered(request: string, status: number, body: string, wasAnswered: boolean): Round | undefined {
    const known = this.#known.get(request);
    const { code, retryable, round_id } = JSON.parse(body) as Told;
    const definite = round_id !== undefined && retryable !== true;
    if (definite) this.#checkOnRecord(request, body, round_id);
    if (known !== undefined && (definite || (wasAnswered && status < 500 && retryable !== true)))
      this.#check(
        known === body,
        'a repeated request gets the same bytes',
        () => `${request} was told ${known}, now ${status} ${body}`,
      );
    if (known === undefined && definite) this.#known.set(request, body);
    this.#check(
      status !== 500 || definite || failuresOfEngines.has(code),
      'no request meets a fault of our own',
      () => `${request}: ${body}`,
    );
    return definite ? this.#roundOf(round_id) : undefined;
  }

  #checkOnRecord(request: string, body: string, roundId: string): void {
    const status = this.#roundOf(roundId)?.status;
    const { success, code } = JSON.parse(body) as { success?: boolean; code?: string };
    const fitting = success
      ? 'COMMITTED CREDITED'
      : code === 'ROUND_VOIDED'
        ? 'VOIDING VOIDED'
        : 'REJECTED FAILED';
    const onRecord = status !== undefined && fitting.includes(status);
    this.#check(
      onRecord,
      'what is answered is on record',
      () => `${request} was told ${body}, the round is ${status}`,
    );
  }
}
