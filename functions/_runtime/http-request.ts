import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { type Flaw, RequestError } from '../../shared/domain/errors.ts';
import { readJson } from '../../shared/domain/json-text.ts';

/** The largest body any route takes, in bytes. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_FLAWS = 8;

export type Headers = ReadonlyMap<string, string>;

/** Names are lower-cased: they are case-insensitive (RFC 9110, 5.1). */
export function headersOf(event: APIGatewayProxyEvent): Headers {
  const entries = Object.entries(event.headers ?? {});
  return new Map(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  );
}

/**
 * Reads the body against a schema.
 * @throws RequestError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, INVALID_JSON, INVALID_REQUEST
 */
export function bodyOf<T>(event: APIGatewayProxyEvent, schema: z.ZodType<T>): T {
  const type = headersOf(event).get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new RequestError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as Content-Type: application/json');
  }
  return checked(readJson(bytesOf(event)), schema, '');
}

/** Node's decoders pass over what they cannot read, so that a broken body could become another one. */
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

/** @throws RequestError INVALID_REQUEST */
export function queryOf<T>(event: APIGatewayProxyEvent, schema: z.ZodType<T>): T {
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
