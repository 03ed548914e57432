import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AnsweredRound } from './player-loop.ts';

/** One call of the wallet, by the clock of clock.ts. */
export interface WalletCall {
  readonly playerId: string;
  /** Undefined where the call is not about a round: a balance. */
  readonly roundId: string | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface WalletProxy {
  readonly url: string;
  /** The calls since the last time they were taken. */
  take(): Promise<WalletCall[]>;
  stop(): Promise<void>;
}

export async function startWalletProxy(upstream: string): Promise<WalletProxy> {
  const worker = new Worker(new URL('./wallet-proxy.ts', import.meta.url), { workerData: { upstream } });
  const [url] = (await once(worker, 'message')) as [string];
  return {
    url,
    take: async () => {
      worker.postMessage('take');
      const [calls] = (await once(worker, 'message')) as [WalletCall[]];
      return calls;
    },
    stop: async () => void (await worker.terminate()),
  };
}

/**
 * Computes for how many milliseconds each round waited for the wallet. Its own calls count, and those about no round, where
 * they began and ended while its player waited. A win that recovery credits later kept nobody waiting.
 * @param rounds one player's, in the order in which they were played, so that they do not overlap
 */
export function walletShares(rounds: readonly AnsweredRound[], calls: readonly WalletCall[]): number[] {
  const inOrder = calls.toSorted((left, right) => left.startedAtMs - right.startedAtMs);
  let next = 0;
  return rounds.map(({ roundId, startedAtMs, endedAtMs }) => {
    while ((inOrder[next]?.startedAtMs ?? Infinity) < startedAtMs) next += 1;
    let share = 0;
    for (; (inOrder[next]?.startedAtMs ?? Infinity) < endedAtMs; next += 1) {
      const call = inOrder[next] as WalletCall;
      const isOfRound = call.roundId === undefined || call.roundId === roundId;
      if (isOfRound && call.endedAtMs <= endedAtMs) share += call.endedAtMs - call.startedAtMs;
    }
    return share;
  });
}
