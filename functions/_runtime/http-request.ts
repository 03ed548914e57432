import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { type Flaw, RequestError } from '../../shared/foundation/errors.ts';
import { readJson } from '../../shared/foundation/json-text.ts';

/** No route takes a larger body, in bytes. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_FLAWS = 8;
const MAX_PLACE_LENGTH = 80;

export type Headers = ReadonlyMap<string, string>;

/** A request has these headers once. Each proxy and each kind of API would choose its own of two values. */
const SINGLE_HEADERS = new Set([
  'content-type',
  'idempotency-key',
  'round-number',
  'x-operator-key',
  'x-session-id',
]);

/**
 * Reads the headers with lower-case names, because names are case-insensitive (RFC 9110, 5.1).
 * @throws RequestError INVALID_REQUEST where a header that a request has once is given twice
 */
export function headersOf(event: APIGatewayProxyEvent): Headers {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value === undefined) continue;
    if (headers.has(name.toLowerCase())) assertRepeatable(name);
    headers.set(name.toLowerCase(), value);
  }
  for (const [name, values = []] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values.length > 1) assertRepeatable(name);
  }
  return headers;
}

function assertRepeatable(name: string): void {
  if (SINGLE_HEADERS.has(name.toLowerCase())) throw repeated('header', `header/${name.toLowerCase()}`);
}

function repeated(what: string, at: string): RequestError {
  const flaws = [{ at: at.slice(0, MAX_PLACE_LENGTH), message: 'given more than once' }];
  return new RequestError('INVALID_REQUEST', `A ${what} is given more than once`, { flaws });
}

/**
 * Reads the body against a schema.
 * @throws RequestError INVALID_REQUEST, UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, INVALID_JSON
 */
export function bodyOf<T>(event: APIGatewayProxyEvent, schema: z.ZodType<T>): T {
  const type = headersOf(event).get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new RequestError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as Content-Type: application/json');
  }
  return checked(readJson(bytesOf(event)), schema, '');
}

/** Node's decoders pass over bytes that they cannot read. A broken body could so become another one. */
function bytesOf({ body, isBase64Encoded }: APIGatewayProxyEvent): Buffer {
  const text = body ?? '';
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  const bytes = Buffer.from(text, encoding);
  if (bytes.length > MAX_BODY_BYTES) {
    throw new RequestError('BODY_TOO_LARGE', `The body may have at most ${MAX_BODY_BYTES} bytes`);
  }
  if (bytes.toString(encoding) === text) return bytes;
  throw new RequestError('INVALID_JSON', `The body is not what ${encoding} can hold`);
}

/** @throws RequestError INVALID_REQUEST */
export function pathOf<T>(event: APIGatewayProxyEvent, schema: z.ZodType<T>): T {
  return checked(event.pathParameters ?? {}, schema, 'path');
}

/**
 * Reads the query. API Gateway keeps only the last value of a repeated parameter, so a repeated one is refused.
 * @throws RequestError INVALID_REQUEST
 */
export function queryOf<T>(event: APIGatewayProxyEvent, schema: z.ZodType<T>): T {
  for (const [name, values = []] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    if (values.length > 1) throw repeated('parameter', `query/${name}`);
  }
  return checked(event.queryStringParameters ?? {}, schema, 'query');
}

function checked<T>(value: unknown, schema: z.ZodType<T>, origin: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const flaws: Flaw[] = parsed.error.issues.slice(0, MAX_FLAWS).map((issue) => ({
    at: [origin, ...issue.path.map(String)].join('/'),
    message: issue.message.slice(0, 200),
  }));
  throw new RequestError('INVALID_REQUEST', 'The request does not have the form this route takes', { flaws });
}
