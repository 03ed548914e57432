import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import fc from 'fast-check';
import { expect } from 'vitest';
import { httpEvent, lambdaContext } from '../../functions/_runtime/http-event.fixture.ts';
import { statusOf } from '../../functions/_runtime/problem-details.ts';
import { Problem } from '../../functions/_api/responses.ts';
import { log } from '../../shared/rounds/rounds.fixture.ts';

export const BODY_LIMIT_BYTES = 16_384;

type Handler = (event: APIGatewayProxyEvent, context: Context, options: object) => Promise<unknown>;

export interface Answer {
  readonly status: number;
  /** Undefined for success. */
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls a function as Lambda does. Whatever it answers is a success or a problem of the documented form and size. */
export async function call(handler: unknown, overrides: Partial<APIGatewayProxyEvent>): Promise<Answer> {
  const event = httpEvent({ pathParameters: { gameCode: log.gameCode }, ...overrides });
  const signal = new AbortController().signal;
  const reply = (await (handler as Handler)(event, lambdaContext, { signal })) as APIGatewayProxyResult;
  const body = (reply.body === '' ? {} : JSON.parse(reply.body)) as Record<string, unknown>;
  const headers = reply.headers as Record<string, string>;
  if (reply.statusCode < 400) return { status: reply.statusCode, code: undefined, headers, body };
  const problem = Problem.parse(body);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(reply.body.length).toBeLessThan(3_000);
  expect([problem.status, reply.statusCode]).toEqual(
    Array(2).fill(statusOf[problem.code as keyof typeof statusOf]),
  );
  return { status: reply.statusCode, code: problem.code, headers, body };
}

/** A query as API Gateway hands it over: each value of a name, and the last of them. */
export function queryOf(
  pairs: readonly (readonly [string, string])[],
): Pick<APIGatewayProxyEvent, 'queryStringParameters' | 'multiValueQueryStringParameters'> {
  const values = Map.groupBy(pairs, ([name]) => name);
  return {
    queryStringParameters: Object.fromEntries(pairs),
    multiValueQueryStringParameters: Object.fromEntries(
      [...values].map(([name, given]) => [name, given.map(([, value]) => value)]),
    ),
  };
}

/** Bytes may arrive like this: as API Gateway hands them over, or not at all as it does. */
export interface SentBody {
  readonly event: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>;
  /** What a reader of RFC 4648 and UTF-8 makes of it; undefined where that is nothing. */
  readonly bytes: Buffer | undefined;
}

export function sentBody(given: fc.Arbitrary<Buffer>): fc.Arbitrary<SentBody> {
  const asText = given.map((bytes) => sent(bytes.toString('utf8'), false));
  const inBase64 = given.map((bytes) => sent(bytes.toString('base64'), true));
  const flagged = given.map((bytes) => sent(bytes.toString('utf8'), true));
  const unflagged = given.map((bytes) => sent(bytes.toString('base64'), false));
  const brokenBase64 = fc
    .tuple(given, fc.constantFrom('*', '=', '\n', ' ', '-', '_', 'ä', '\ud800'), fc.nat())
    .map(([bytes, foreign, at]) => {
      const text = bytes.toString('base64');
      const index = at % (text.length + 1);
      return sent(text.slice(0, index) + foreign + text.slice(index), true);
    });
  const compressed = given.map((bytes) => sent(gzipSync(bytes, { level: 1 }).toString('base64'), true));
  const huge = fc
    .constantFrom(BODY_LIMIT_BYTES - 2, BODY_LIMIT_BYTES - 1, BODY_LIMIT_BYTES, 100_000)
    .map((bytes) => sent(`"${'ä'.repeat(bytes / 2)}${'a'.repeat(bytes % 2)}"`, false));
  return fc.oneof(
    { weight: 10, arbitrary: asText },
    { weight: 6, arbitrary: inBase64 },
    { weight: 1, arbitrary: flagged },
    { weight: 1, arbitrary: unflagged },
    { weight: 2, arbitrary: brokenBase64 },
    { weight: 1, arbitrary: compressed },
    { weight: 1, arbitrary: huge },
    {
      weight: 1,
      arbitrary: fc.constantFrom(sent(null, false), sent('', false), sent('', true), sent(null, true)),
    },
  );
}

function sent(body: string | null, isBase64Encoded: boolean): SentBody {
  return { event: { body, isBase64Encoded }, bytes: bytesOf(body ?? '', isBase64Encoded) };
}

function bytesOf(body: string, isBase64Encoded: boolean): Buffer | undefined {
  if (!isBase64Encoded) return body.isWellFormed() ? Buffer.from(body, 'utf8') : undefined;
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(body);
  return isBase64 ? Buffer.from(body, 'base64') : undefined;
}
