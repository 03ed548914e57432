import type { Rule } from './fault-plan.ts';
import type { WalletCall } from './fault-schedule.ts';

export interface HeldCall {
  /** Whose strike it was. */
  readonly rule: Rule;
  readonly call: WalletCall;
  /** Whether the call may go on once this other one has been applied. */
  readonly waitsFor: (other: WalletCall) => boolean;
  readonly holdMs: number;
}

interface Waiting extends HeldCall {
  readonly timer: NodeJS.Timeout;
  readonly goOn: () => void;
}

/** Calls that are kept back until others have been applied. */
export class HeldCalls {
  readonly #waiting = new Set<Waiting>();

  get count(): number {
    return this.#waiting.size;
  }

  find(condition: (held: HeldCall) => boolean): HeldCall | undefined {
    return [...this.#waiting].find(condition);
  }

  /** Resolves when what the call waits for has been applied, when its time is over, or when all are released. */
  hold(held: HeldCall): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const goOn = () => {
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
      resolve();
    };
    const waiting: Waiting = { ...held, timer: setTimeout(goOn, held.holdMs), goOn };
    this.#waiting.add(waiting);
    return promise;
  }

  applied(call: WalletCall): void {
    for (const waiting of this.#waiting) if (waiting.waitsFor(call)) waiting.goOn();
  }

  releaseAll(): void {
    for (const waiting of this.#waiting) waiting.goOn();
  }

  /** They are never applied: the network lost them. */
  dropAll(): void {
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }
}
