import type { Context } from 'aws-lambda';
import { setting } from './environment.ts';

/** A call of AWS takes at most this long, with its attempts. */
const AWS_CALL_MS = 5_000;
/** The answer itself needs this much time. */
const ANSWER_MS = 1_000;

/**
 * The time that a function has left for reading from AWS and from a wallet. A call may still be under way when this time
 * is over. It is one of AWS, or one of the wallet with its repeat.
 */
export function readingTimeMs(context: Context): number {
  const lastCallMs = Math.max(AWS_CALL_MS, 2 * setting('WALLET_TIMEOUT_MS'));
  return context.getRemainingTimeInMillis() - lastCallMs - ANSWER_MS;
}
