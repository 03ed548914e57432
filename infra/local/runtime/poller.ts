import { setTimeout } from 'node:timers/promises';
import type { RuntimeLog } from './runtime-log.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** A poller runs until it is stopped. */
export interface Poller {
  /** Settles when nothing of it is in flight any more. */
  stop(): Promise<void>;
}

/** Sleeps, and wakes up early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}

/** Computes a pause that grows from attempt to attempt (the first is 0), with a bound. */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

/**
 * Repeats a step until it returns 'done' or the signal is aborted. A step that throws is logged and repeated
 * after a pause that grows: a service that is not there now may be there later.
 */
export async function repeat(
  what: string,
  signal: AbortSignal,
  log: RuntimeLog,
  step: () => Promise<'again' | 'done'>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      if ((await step()) === 'done') return;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`${what} failed`, {
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      });
      await pause(backoffMs(failures), signal);
      failures += 1;
    }
  }
}
