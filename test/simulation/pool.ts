import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { stageSettings } from '../../infra/stages.ts';
import type { Played, WorldTask } from './play-world.ts';
import type { WaitingCredits, WaitingTask } from './waiting-credits.ts';

const { walletTimeoutMs, sessionTtlSeconds, sessionIdleSeconds, roundLeaseMs, hotRetentionDays } =
  stageSettings('prod');

/** What the functions would find in their environment, and no output of theirs. */
const environment = {
  WALLET_TIMEOUT_MS: String(walletTimeoutMs),
  SESSION_TTL_SECONDS: String(sessionTtlSeconds),
  SESSION_IDLE_SECONDS: String(sessionIdleSeconds),
  ROUND_LEASE_MS: String(roundLeaseMs),
  HOT_RETENTION_DAYS: String(hotRetentionDays),
  POWERTOOLS_SERVICE_NAME: 'simulation',
  POWERTOOLS_METRICS_NAMESPACE: 'simulation',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
};

/** Threads that play worlds, one after another each. */
export class Pool {
  readonly #workers: readonly Worker[];
  readonly #free: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(bundle: string, threads = availableParallelism()) {
    const options = {
      env: environment,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 4096 },
    };
    this.#workers = Array.from({ length: threads }, () => new Worker(bundle, options));
    this.#free = [...this.#workers];
  }

  get size(): number {
    return this.#workers.length;
  }

  play(task: WorldTask): Promise<Played> {
    return this.#run<Played>(task);
  }

  letCreditsWait(task: WaitingTask): Promise<WaitingCredits> {
    return this.#run<WaitingCredits>(task);
  }

  async #run<Result>(task: WorldTask | WaitingTask): Promise<Result> {
    const worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      worker.postMessage(task);
      // Rejects where the worker ends with an error instead.
      const [result] = (await once(worker, 'message')) as [Result];
      return result;
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#free.push(worker);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
