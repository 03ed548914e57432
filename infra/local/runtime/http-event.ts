import { isUtf8 } from 'node:buffer';
import { type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { LOCAL_ACCOUNT } from '../services/endpoints.ts';
import type { RouteMatch } from './route-table.ts';

/** Bodies of these types reach the function as text; API Gateway passes the others in base64. */
const TEXT_TYPE = /^(text\/.*|application\/(.*\+)?(json|xml|javascript))$/i;

export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly match: RouteMatch;
  readonly body: Buffer;
  readonly requestId: string;
  readonly receivedAtMs: number;
}

/** Makes the event of a proxy integration, payload format 1.0. */
export function toHttpEvent(exchange: HttpExchange): APIGatewayProxyEvent {
  const { request, url, match, body } = exchange;
  const headers = multiValues([...pairs(request.rawHeaders), ...forwardedHeaders(request)]);
  const query = multiValues(url.searchParams);
  const isText = isUtf8(body) && TEXT_TYPE.test(contentType(request));
  return {
    ...({ version: '1.0' } as object),
    resource: match.route.path,
    path: url.pathname,
    httpMethod: request.method ?? '',
    headers: mapValues(headers, (values) => values.join(',')),
    multiValueHeaders: headers,
    queryStringParameters: nullIfEmpty(mapValues(query, (values) => values.at(-1) as string)),
    multiValueQueryStringParameters: nullIfEmpty(query),
    pathParameters: nullIfEmpty(match.pathParameters),
    stageVariables: null,
    requestContext: requestContext(exchange),
    body: body.length === 0 ? null : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function requestContext({ request, url, match, requestId, receivedAtMs }: HttpExchange) {
  return {
    accountId: LOCAL_ACCOUNT,
    apiId: 'local',
    authorizer: null,
    domainName: url.hostname,
    domainPrefix: 'local',
    extendedRequestId: requestId,
    httpMethod: request.method ?? '',
    identity: {
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? null,
    } as APIGatewayProxyEvent['requestContext']['identity'],
    path: url.pathname,
    protocol: `HTTP/${request.httpVersion}`,
    requestId,
    requestTime: commonLogTime(receivedAtMs),
    requestTimeEpoch: receivedAtMs,
    resourceId: `${match.route.method} ${match.route.path}`,
    resourcePath: match.route.path,
    stage: '$default',
  } satisfies APIGatewayProxyEvent['requestContext'];
}

/** Clients that name no type send JSON here; API Gateway takes an absent type for text as well. */
function contentType(request: IncomingMessage): string {
  return request.headers['content-type']?.split(';')[0]?.trim() ?? 'application/json';
}

function forwardedHeaders(request: IncomingMessage): [string, string][] {
  return [
    ['X-Forwarded-For', request.socket.remoteAddress ?? '127.0.0.1'],
    ['X-Forwarded-Port', String(request.socket.localPort ?? '')],
    ['X-Forwarded-Proto', 'http'],
  ];
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] as string,
    rawHeaders[2 * index + 1] as string,
  ]);
}

function multiValues(entries: Iterable<[string, string]>): Record<string, string[]> {
  const values = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of entries) (values[name] ??= []).push(value);
  return values;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function nullIfEmpty<T extends object>(record: T): T | null {
  return Object.keys(record).length === 0 ? null : record;
}

/** 09/Apr/2026:12:34:56 +0000, as API Gateway's access logs write it. */
function commonLogTime(atMs: number): string {
  const [, day, month, year, time] = new Date(atMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Headers that belong to the connection, which the gateway holds and not the function. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Makes an HTTP reply of what the function answered. It is undefined where API Gateway could not send that answer. */
export function toHttpReply(payload: unknown): HttpReply | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { statusCode, body, isBase64Encoded, ...rest } = payload as Partial<APIGatewayProxyResult>;
  if (statusCode === undefined || !Number.isInteger(statusCode)) return undefined;
  if (statusCode < 200 || statusCode > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const headers = replyHeaders({ ...rest.headers, ...rest.multiValueHeaders });
  if (headers === undefined) return undefined;
  return { statusCode, headers, body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8') };
}

/** Undefined where a name or a value cannot stand in a header. */
function replyHeaders(given: Readonly<Record<string, unknown>>): HttpReply['headers'] | undefined {
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain; charset=utf-8' };
  try {
    for (const [name, value] of Object.entries(given)) {
      if (CONNECTION_HEADERS.has(name.toLowerCase())) continue;
      const values = [value].flat().map(String);
      validateHeaderName(name);
      for (const single of values) validateHeaderValue(name, single);
      headers[name.toLowerCase()] = values.length === 1 ? (values[0] as string) : values;
    }
  } catch {
    return undefined;
  }
  return headers;
}
