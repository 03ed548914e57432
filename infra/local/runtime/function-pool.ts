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
  /** What this machine gives one function; events past it wait. The template's own limit throttles instead. */
  readonly maxProcesses: number;
  /** A process that had nothing to do for this long is retired. */
  readonly idleMs: number;
}

/** The execution environments of one function: reused while warm, more under load, none kept for ever. */
export interface FunctionPool {
  invoke(event: unknown): Promise<InvocationResult>;
  /** Has one process loaded, so that the first event meets no cold start. */
  warm(): Promise<void>;
  readonly processCount: () => number;
  /** Ends every process at once; events still running or waiting fail. */
  stop(): Promise<void>;
}

interface WaitingEvent {
  readonly json: string;
  readonly settle: (result: InvocationResult) => void;
}

export function createFunctionPool(model: FunctionModel, options: FunctionPoolOptions): FunctionPool {
  const processes = new Set<FunctionProcess>();
  const idle = new Map<FunctionProcess, NodeJS.Timeout>();
  const waiting: WaitingEvent[] = [];
  let starting = 0;
  let running = 0;
  let stopped = false;

  function dispatch(): void {
    while (waiting.length > 0) {
      const instance = takeIdleProcess();
      if (instance === undefined) break;
      void runNext(instance, waiting.shift() as WaitingEvent);
    }
    // A process that is starting or busy may be free sooner than a new one, but never start fewer than can help.
    while (starting < waiting.length && processes.size < options.maxProcesses && !stopped)
      void startProcess();
  }

  /** The one used last, so that under a falling load the others can retire. */
  function takeIdleProcess(): FunctionProcess | undefined {
    const last = [...idle].at(-1);
    if (last === undefined) return undefined;
    const [instance, retirement] = last;
    idle.delete(instance);
    clearTimeout(retirement);
    if (instance.isAlive()) return instance;
    discard(instance);
    return takeIdleProcess();
  }

  function release(instance: FunctionProcess): void {
    if (!instance.isAlive() || stopped) return discard(instance);
    const retirement = setTimeout(() => {
      idle.delete(instance);
      discard(instance);
    }, options.idleMs);
    idle.set(instance, retirement.unref());
  }

  function discard(instance: FunctionProcess): void {
    processes.delete(instance);
    void instance.stop();
  }

  async function startProcess(): Promise<void> {
    starting += 1;
    const instance = startFunctionProcess(model, options);
    processes.add(instance);
    const error = await instance.loaded;
    starting -= 1;
    if (error === undefined) {
      release(instance);
    } else {
      discard(instance);
      // One event pays for one failed start, as on Lambda; the next event tries again.
      waiting.shift()?.settle({ ok: false, error });
    }
    dispatch();
  }

  async function runNext(instance: FunctionProcess, event: WaitingEvent): Promise<void> {
    running += 1;
    const result = await instance.run(event.json);
    running -= 1;
    release(instance);
    event.settle(result);
    dispatch();
  }

  function refuse(json: string): InvocationResult | undefined {
    if (stopped) return failure('ServiceException', 'The local stack is stopping');
    if (Buffer.byteLength(json) > MAX_PAYLOAD_BYTES) {
      return failure(REQUEST_TOO_LARGE, `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes`);
    }
    const concurrency = running + waiting.length;
    if (concurrency < (model.maxConcurrency ?? Infinity) && waiting.length < MAX_WAITING) return undefined;
    return failure(THROTTLED, 'Rate Exceeded.');
  }

  return {
    async invoke(event) {
      const json = JSON.stringify(event) ?? 'null';
      const refusal = refuse(json);
      if (refusal !== undefined) return refusal;
      return new Promise((settle) => {
        waiting.push({ json, settle });
        dispatch();
      });
    },
    async warm() {
      if (processes.size === 0 && model.maxConcurrency !== 0) await startProcess();
    },
    processCount: () => processes.size,
    async stop() {
      stopped = true;
      for (const retirement of idle.values()) clearTimeout(retirement);
      idle.clear();
      for (const event of waiting.splice(0))
        event.settle(failure('ServiceException', 'The local stack is stopping'));
      await Promise.all([...processes].map((instance) => instance.stop()));
    },
  };
}
