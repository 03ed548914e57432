import { Validations } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { HttpMethod } from '../../functions/function-entry.ts';

/** The stack needs this of an API of either kind. */
export interface Api {
  /** The address has no slash at its end, because routes begin with one. */
  readonly url: string;
  readonly serverErrors: Metric;
}

export interface Route {
  readonly method: HttpMethod;
  /** `/api/v1/games/{gameCode}/spin` */
  readonly path: string;
  readonly target: IFunction;
}

/**
 * Lists the fields of one access log line. It has the route and not the path, because a session id is in the path and
 * whoever has it can play. It has no query string either. `undefined` variables are logged as `-`.
 */
export function accessLogFields(routeVariable: string): Readonly<Record<string, string>> {
  return {
    requestId: '$context.requestId',
    at: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    route: routeVariable,
    status: '$context.status',
    bytes: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    functionLatencyMs: '$context.integrationLatency',
    integrationError: '$context.integrationErrorMessage',
  };
}

/** Signed requests cover the raw body, which an authorizer never sees. So the functions check the callers. */
export function acknowledgeOpenRoutes(api: Construct, findings: readonly string[]): void {
  const reason =
    'Functions authenticate the operator by its key or signature over the raw body, and the player by the session id.';
  for (const id of findings) Validations.of(api).acknowledge({ id, reason });
}
