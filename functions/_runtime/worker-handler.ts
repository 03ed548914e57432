import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, metrics } from './observability.ts';
import { leftToLambda } from './time-out.ts';

/** Makes every worker. Its metrics are sent whatever happens. An error is logged, and AWS repeats the call. */
export function workerHandler<Event, Result>(work: (event: Event, context: Context) => Promise<Result>) {
  return middy<Event, Result>(leftToLambda).use(publishMetrics<Event, Result>()).handler(work);
}

function publishMetrics<Event, Result>(): MiddlewareObj<Event, Result> {
  return {
    before: ({ context }) => {
      logger.resetKeys();
      logger.appendKeys({ requestId: context.awsRequestId });
    },
    after: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
    onError: ({ error }) => {
      logger.error('The worker failed', { error });
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
