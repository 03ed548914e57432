import type { Round } from '../../../shared/rounds/round.ts';
import { isOver, logOf, name } from '../recompute.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';

/**
 * Whoever leaves a round that is owed asks for its recovery, and so does whoever finds a log stuck behind a round that
 * nobody holds. Neither waits for the stream, which may lag for hours.
 */
export class OwedRounds {
  readonly #check: Check;
  readonly #leaseMs: number;
  readonly #newestOf: (log: string) => Round | undefined;
  /** Each round that is owed has the run of a function whose write has left it so. */
  readonly #leftBy = new Map<string, RunningInvocation>();
  /** Each running request has the round that its log was stuck behind when it began. */
  readonly #blockedBy = new WeakMap<RunningInvocation, Round>();

  constructor(check: Check, leaseMs: number, newestOf: (log: string) => Round | undefined) {
    this.#check = check;
    this.#leaseMs = leaseMs;
    this.#newestOf = newestOf;
  }

  written(after: Round, writer: RunningInvocation): void {
    if (isOver(after)) this.#leftBy.delete(after.roundId);
    else if (after.status !== 'INTENT') this.#leftBy.set(after.roundId, writer);
  }

  begun(request: RunningInvocation, log: string): void {
    const newest = this.#newestOf(log);
    if (!newest || (newest.status !== 'INTENT' && newest.status !== 'VOIDING')) return;
    if (request.nowMs() - newest.updatedAtMs >= this.#leaseMs) this.#blockedBy.set(request, newest);
  }

  /** A request was answered. @param learned is the round whose end it was told */
  answered(request: RunningInvocation, body: string, learned: Round | undefined): void {
    const asked = request.callsOf('recovery.send') > 0;
    this.#check(
      !learned || asked || this.#leftBy.get(learned.roundId) !== request,
      'whoever leaves a round that is owed asks for its recovery',
      () => `round ${learned && name(learned)} by ${request.name}`,
    );
    const blockedBy = this.#blockedBy.get(request);
    if (!blockedBy || this.#newestOf(logOf(blockedBy)) !== blockedBy) return;
    const { code } = JSON.parse(body) as { readonly code?: string };
    this.#check(
      code !== 'ROUND_IN_FLIGHT' || asked || request.callsOf('ledger.save') > 0,
      'whoever finds a log stuck asks for the recovery of what blocks it',
      () => `round ${name(blockedBy)} by ${request.name}`,
    );
  }
}
