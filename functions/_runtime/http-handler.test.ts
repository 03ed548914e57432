import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ConflictError, DependencyError, RoundRefusedError } from '../../shared/foundation/errors.ts';
import { httpEvent, lambdaContext } from './http-event.fixture.ts';
import { httpHandler, type Reply } from './http-handler.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

// The environment is read when the metrics are made, and the imports make them.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'serverless-rgs';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'verify-session';
});

const sessionId = '7d9f2a10-5b6c-4d7e-9f80-112233445566';
const event = httpEvent({
  httpMethod: 'GET',
  resource: '/api/v1/sessions/{sessionId}',
  path: `/api/v1/sessions/${sessionId}`,
  pathParameters: { sessionId },
  headers: { 'x-session-id': sessionId, 'x-operator-key': 'key-of-demo' },
});

let written: string;

beforeEach(() => {
  written = '';
  const keep = (chunk: unknown) => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  return () => vi.restoreAllMocks();
});

const answer = async (work: () => Promise<Reply>, request: APIGatewayProxyEvent = event) =>
  httpHandler(work)(request, lambdaContext, { signal: new AbortController().signal }) as Promise<{
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  }>;

/** Reads the lines that the function wrote, each a JSON object. */
const lines = () =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a reply', () => {
  it('is JSON that nobody may store, with the id of its request', async () => {
    const reply = await answer(async () => ({
      status: 200,
      body: { balance: '1.00' },
      headers: { etag: 'x' },
    }));
    expect(reply).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'application/json',
        etag: 'x',
        'x-request-id': 'request-1',
        'cache-control': 'no-store',
      },
      body: '{"balance":"1.00"}',
    });
  });

  it('has the id of its round in the log, and so has a refusal of one', async () => {
    const roundId = ids.round('3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6');
    await answer(async () => ({ status: 200, body: {}, roundId }));
    await answer(async () => {
      throw new RoundRefusedError('ROUND_VOIDED', 'Voided', { roundId });
    });
    await answer(async () => ({ status: 200, body: {} }));
    const requests = lines().filter(({ message }) => message === 'request');
    expect(requests.map((line) => line['roundId'])).toEqual([roundId, roundId, undefined]);
  });

  it('has no content type where it has no body', async () => {
    const reply = await answer(async () => ({ status: 204 }));
    expect([reply.statusCode, reply.body]).toEqual([204, '']);
    expect(reply.headers).not.toHaveProperty('content-type');
  });

  it('has the id of the invocation where API Gateway gave none', async () => {
    const bare = { ...event, requestContext: undefined } as unknown as APIGatewayProxyEvent;
    const reply = await answer(async () => ({ status: 204 }), bare);
    expect(reply.headers['x-request-id']).toBe('invocation-1');
  });
});

describe('an error', () => {
  const unexpected = () => Promise.reject(new TypeError(`cannot read ${sessionId} of undefined`));

  it('is an internal error where nobody expected it, and says nothing about the cause', async () => {
    const reply = await answer(unexpected);
    expect(reply.statusCode).toBe(500);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'INTERNAL_ERROR', retryable: false });
    expect(reply.body).not.toMatch(/cannot read|TypeError|\bat \S+|\.ts/);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-request-id': 'request-1',
      'cache-control': 'no-store',
    });
  });

  it('is in the log with the id of its request where nobody expected it', async () => {
    await answer(unexpected);
    const logged = lines().find(({ level }) => level === 'ERROR');
    expect(logged).toMatchObject({ code: 'INTERNAL_ERROR', requestId: 'request-1' });
    expect(JSON.stringify(logged)).toContain('TypeError');
  });

  it('has its code and how long to wait where it is one of ours', async () => {
    const refuse = () =>
      Promise.reject(new ConflictError('ROUND_IN_FLIGHT', 'In flight', { retryAfterMs: 1_000 }));
    const reply = await answer(refuse);
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([409, '1']);
    expect(lines().filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('is in the log as well where a dependency failed, because somebody has to look at it', async () => {
    await answer(() => Promise.reject(new DependencyError('SERVICE_UNAVAILABLE', 'DynamoDB did not answer')));
    expect(lines().find(({ level }) => level === 'ERROR')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('is counted', async () => {
    await answer(unexpected);
    expect(lines().find((line) => '_aws' in line)).toMatchObject({ Problem: 1 });
  });
});

describe('the line of a request in the log', () => {
  it('has its method, route, status and id', async () => {
    await answer(async () => ({ status: 200, body: {} }));
    expect(lines().find(({ message }) => message === 'request')).toMatchObject({
      method: 'GET',
      route: '/api/v1/sessions/{sessionId}',
      status: 200,
      requestId: 'request-1',
    });
  });

  it('has neither the session id nor the key, whichever way the request ends', async () => {
    await answer(async () => ({ status: 200, body: {} }));
    await answer(() => Promise.reject(new ConflictError('BONUS_ACTIVE', 'A bonus is active')));
    await answer(() => Promise.reject(new DependencyError('WALLET_UNAVAILABLE', 'No answer')));
    expect(lines().filter(({ message }) => message === 'request')).toHaveLength(3);
    expect(written).not.toContain(sessionId);
    expect(written).not.toContain('key-of-demo');
  });

  it('has the id of its own request, and not of one before it', async () => {
    await answer(async () => ({ status: 204 }));
    written = '';
    const next = { ...event, requestContext: { ...event.requestContext, requestId: 'request-2' } };
    await answer(async () => ({ status: 204 }), next);
    expect(lines().find(({ message }) => message === 'request')).toMatchObject({ requestId: 'request-2' });
  });
});
