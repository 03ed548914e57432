import { LRUCache } from 'lru-cache';
import type { FunctionModel } from '../model.ts';
import {
  type FunctionProcess,
  type FunctionProcessOptions,
  startFunctionProcess,
} from './function-process.ts';
import {
  failure,
  type InvocationResult,
  MAX_PAYLOAD_BYTES,
  REQUEST_TOO_LARGE,
  THROTTLED,
} from './invocation.ts';

/** Events that may wait for a process of one function. Past it Lambda's throttling is the honest answer. */
const MAX_WAITING = 1_000;

export interface FunctionPoolOptions extends FunctionProcessOptions {
  /** What this machine gives one function; events past it wait. */
  readonly maxProcesses: number;
  /** A process that had nothing to do for this long is retired. */
  readonly idleMs: number;
}

interface WaitingEvent {
  readonly json: string;
  readonly settle: (result: InvocationResult) => void;
}

const STOPPING = failure('ServiceException', 'The local stack is stopping');

/** Holds the execution environments of one function. They are reused while warm, and retired when idle for long. */
export class FunctionPool {
  readonly #model: FunctionModel;
  readonly #options: FunctionPoolOptions;
  readonly #processes = new Set<FunctionProcess>();
  /** The processes that wait for an event. Each is retired when it has waited for too long. */
  readonly #idle: LRUCache<FunctionProcess, true>;
  readonly #waiting: WaitingEvent[] = [];
  #starting = 0;
  #stopped = false;

  constructor(model: FunctionModel, options: FunctionPoolOptions) {
    this.#model = model;
    this.#options = options;
    this.#idle = new LRUCache({
      max: options.maxProcesses,
      ttl: options.idleMs,
      ttlAutopurge: true,
      dispose: (_, instance, reason) => {
        if (reason === 'expire') this.#discard(instance);
      },
    });
  }

  get processCount(): number {
    return this.#processes.size;
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const json = JSON.stringify(event) ?? 'null';
    const refusal = this.#refuse(json);
    if (refusal !== undefined) return refusal;
    return new Promise((settle) => {
      this.#waiting.push({ json, settle });
      this.#dispatch();
    });
  }

  /** Has one process loaded, so that the first event meets no cold start. */
  async warm(): Promise<void> {
    if (this.#processes.size === 0) await this.#start();
  }

  /** Ends every process at once; events still running or waiting fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const event of this.#waiting.splice(0)) event.settle(STOPPING);
    await Promise.all([...this.#processes].map((instance) => instance.stop()));
  }

  #refuse(json: string): InvocationResult | undefined {
    if (this.#stopped) return STOPPING;
    if (Buffer.byteLength(json) > MAX_PAYLOAD_BYTES) {
      return failure(REQUEST_TOO_LARGE, `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes`);
    }
    return this.#waiting.length >= MAX_WAITING ? failure(THROTTLED, 'Rate Exceeded.') : undefined;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const instance = this.#takeIdle();
      if (instance === undefined) break;
      void this.#runNext(instance, this.#waiting.shift() as WaitingEvent);
    }
    // Whichever is free first takes the next event, be it one that is starting now or one that is busy.
    const { maxProcesses } = this.#options;
    while (this.#starting < this.#waiting.length && this.#processes.size < maxProcesses) void this.#start();
  }

  async #start(): Promise<void> {
    this.#starting += 1;
    const instance = startFunctionProcess(this.#model, this.#options);
    this.#processes.add(instance);
    const error = await instance.loaded;
    this.#starting -= 1;
    if (error === undefined) {
      this.#release(instance);
    } else {
      this.#discard(instance);
      // One event pays for one failed start, as on Lambda; the next event tries again.
      this.#waiting.shift()?.settle({ ok: false, error });
    }
    this.#dispatch();
  }

  async #runNext(instance: FunctionProcess, event: WaitingEvent): Promise<void> {
    const result = await instance.run(event.json);
    this.#release(instance);
    event.settle(result);
    this.#dispatch();
  }

  /** Takes the process used last, so that under a falling load the others can retire. A dead one is retired at once. */
  #takeIdle(): FunctionProcess | undefined {
    for (const instance of this.#idle.keys()) {
      this.#idle.delete(instance);
      if (instance.isAlive()) return instance;
      this.#discard(instance);
    }
    return undefined;
  }

  #release(instance: FunctionProcess): void {
    if (instance.isAlive() && !this.#stopped) this.#idle.set(instance, true);
    else this.#discard(instance);
  }

  #discard(instance: FunctionProcess): void {
    this.#processes.delete(instance);
    void instance.stop();
  }
}
