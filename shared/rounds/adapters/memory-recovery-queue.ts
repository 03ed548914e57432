import type { Clock } from '../../foundation/clock.ts';
import type { RecoveryQueue, RecoveryRequest } from '../recovery-queue.ts';

interface Delayed {
  readonly request: RecoveryRequest;
  readonly dueAtMs: number;
}

/** A queue in one process, for tests. Requests become due by the clock, in the order of their times. */
export class MemoryRecoveryQueue implements RecoveryQueue {
  readonly #clock: Clock;
  #waiting: readonly Delayed[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** The next request becomes due at this time. */
  get nextDueAtMs(): number | undefined {
    return this.#waiting[0]?.dueAtMs;
  }

  async send(requests: readonly RecoveryRequest[], delayMs: number): Promise<void> {
    const dueAtMs = this.#clock.nowMs() + delayMs;
    const added = requests.map((request) => ({ request, dueAtMs }));
    this.#waiting = [...this.#waiting, ...added].sort((left, right) => left.dueAtMs - right.dueAtMs);
  }

  /** Takes every request that is due by now. */
  takeDue(): RecoveryRequest[] {
    const nowMs = this.#clock.nowMs();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
    return due.map(({ request }) => request);
  }
}
