import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { httpEvent, lambdaContext } from './http-event.fixture.ts';
import { httpHandler } from './http-handler.ts';
import { workerHandler } from './worker-handler.ts';

/** A handler has this context when it is nearly out of time. Lambda would kill the process at 0. */
const nearlyOver: Context = { ...lambdaContext, getRemainingTimeInMillis: () => 6 };
const signal = { signal: new AbortController().signal };
const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 100));

// A function that answers before its work has ended is frozen with that work. The next request would thaw it, perhaps
// hours later. Nobody would then be left to roll back a debit that it sends.
describe('the time-out of a function', () => {
  it('is left to Lambda, which kills the process, where the function answers HTTP', async () => {
    const handler = httpHandler(async () => {
      await slowly();
      return { status: 200, body: {} };
    });
    const answer = await handler(httpEvent(), nearlyOver, signal);
    expect(answer).toMatchObject({ statusCode: 200 });
  });

  it('is left to Lambda, which kills the process, where the function is a worker', async () => {
    const handler = workerHandler(async () => {
      await slowly();
      return 'done';
    });
    expect(await handler({}, nearlyOver, signal)).toBe('done');
  });
});
