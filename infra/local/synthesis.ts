import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Synthesised } from '../synthesise.ts';

export interface SynthesisRequest {
  readonly stage: string;
  readonly randomUrl?: string | undefined;
  /** Where the assembly goes, as `cdk.out`. */
  readonly outdir: string;
}

export interface Synthesis {
  /**
   * Synthesises the stack around the bundles that are there now. Call it once.
   * @throws what `synthesise` throws
   */
  run(): Promise<Synthesised>;
  stop(): Promise<void>;
}

/** Begins to load the CDK, which takes longer than anything else and waits for nothing. */
export function prepareSynthesis(request: SynthesisRequest): Synthesis {
  const worker = new Worker(new URL('./synthesis-worker.ts', import.meta.url), {
    workerData: request,
    execArgv: [],
  });
  // An error may come before anybody waits for the result.
  const result = once(worker, 'message') as Promise<[Synthesised]>;
  result.catch(() => {});
  return {
    async run() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage('bundles are ready');
      const [synthesised] = await result;
      return synthesised;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
