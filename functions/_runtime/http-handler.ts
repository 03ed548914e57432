import middy, { type MiddlewareObj, type Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger, metrics, telemetry } from './observability.ts';
import { leftToLambda } from './time-out.ts';
import { asRgsError, problemReply, statusOf } from './problem-details.ts';
import { isCorrupt } from '../../shared/foundation/errors.ts';
import type { RoundId } from '../../shared/foundation/ids.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names the round that the request played, for the log. */
  readonly roundId?: RoundId;
}

/**
 * Makes every HTTP function. It answers with the use case's reply as JSON, or with any error as a problem. It writes one
 * log line, and metrics.
 */
export function httpHandler(answer: (event: APIGatewayProxyEvent, context: Context) => Promise<Reply>) {
  return middy(leftToLambda)
    .use(problems())
    .use(requestLine())
    .handler(
      async (event: APIGatewayProxyEvent, context): Promise<APIGatewayProxyResult> =>
        reply(await answer(event, context)),
    );
}

function reply({ status, body, headers, roundId }: Reply): APIGatewayProxyResult {
  if (roundId !== undefined) logger.appendKeys({ roundId });
  return {
    statusCode: status,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

type HttpMiddleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

function problems(): HttpMiddleware {
  return {
    onError: (request) => {
      const error = asRgsError(request.error);
      if (error.roundId !== undefined) logger.appendKeys({ roundId: error.roundId });
      if (isCorrupt(error)) telemetry.count('RecordCorrupt');
      if (statusOf[error.code] >= 500) logger.error('The request failed', { code: error.code, error });
      request.response = problemReply(error);
      metrics.addMetric('Problem', MetricUnit.Count, 1);
      finish(request);
    },
  };
}

/** Paths are logged as the route's pattern. A session id is a capability and stays out of logs. */
function requestLine(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      logger.resetKeys();
      logger.appendKeys({ requestId: requestIdOf(event, context.awsRequestId) });
    },
    after: finish,
  };
}

function finish(request: Request<APIGatewayProxyEvent, APIGatewayProxyResult>): void {
  const { event, response, context } = request;
  if (!response) return;
  response.headers = {
    ...response.headers,
    'x-request-id': requestIdOf(event, context.awsRequestId),
    'cache-control': 'no-store',
  };
  logger.info('request', { method: event.httpMethod, route: event.resource, status: response.statusCode });
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

function requestIdOf(event: APIGatewayProxyEvent, fallback: string): string {
  return event.requestContext?.requestId ?? fallback;
}
