import type { FunctionProcess } from './function-process.ts';

/** Processes that wait for an event. Each is retired when it has waited for too long. */
export class IdleProcesses {
  readonly #retirements = new Map<FunctionProcess, NodeJS.Timeout>();
  readonly #idleMs: number;
  readonly #retire: (instance: FunctionProcess) => void;

  constructor(idleMs: number, retire: (instance: FunctionProcess) => void) {
    this.#idleMs = idleMs;
    this.#retire = retire;
  }

  put(instance: FunctionProcess): void {
    const retirement = setTimeout(() => {
      this.#retirements.delete(instance);
      this.#retire(instance);
    }, this.#idleMs);
    this.#retirements.set(instance, retirement.unref());
  }

  /** The one used last, so that under a falling load the others can retire. One that has died is retired at once. */
  take(): FunctionProcess | undefined {
    const [instance, retirement] = [...this.#retirements].at(-1) ?? [];
    if (instance === undefined) return undefined;
    this.#retirements.delete(instance);
    clearTimeout(retirement);
    if (instance.isAlive()) return instance;
    this.#retire(instance);
    return this.take();
  }
}
