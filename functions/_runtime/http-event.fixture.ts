import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

/** Makes a request as API Gateway hands it to a function, in the payload's format 1.0. */
export function httpEvent(overrides: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent {
  return {
    httpMethod: 'POST',
    resource: '/api/v1/games/{gameCode}/spin',
    path: '/api/v1/games/happy-panda/spin',
    headers: { 'content-type': 'application/json' },
    multiValueHeaders: {},
    pathParameters: { gameCode: 'happy-panda' },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    requestContext: { requestId: 'request-1' } as APIGatewayProxyEvent['requestContext'],
    body: null,
    isBase64Encoded: false,
    ...overrides,
  };
}

export const lambdaContext = {
  awsRequestId: 'invocation-1',
  functionName: 'test',
  getRemainingTimeInMillis: () => 15_000,
} as Context;
