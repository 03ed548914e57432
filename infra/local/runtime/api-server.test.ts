import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterEach, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from './api-server.ts';
import type { InvocationResult, Invoke } from './invocation.ts';

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const ROUTES = [
  ['GET', '/api/v1/games', 'list-games'],
  ['POST', '/api/v1/games/{gameCode}/spin', 'play-spin'],
  ['GET', '/api/v1/games/featured/{section}', 'featured'],
  ['GET', '/api/v1/games/{gameCode}/rules', 'rules'],
  ['PUT', '/files/{name}', 'files'],
  ['DELETE', '/files/{name}', 'files'],
] as const;

async function serveWith(invoke: Invoke, integrationTimeoutMs = 5_000): Promise<string> {
  const routes = ROUTES.map(([method, path, functionName]) => ({ method, path, functionName }));
  server = await startApiServer({ port: 0, integrationTimeoutMs });
  server.serve(routes, invoke);
  return server.url;
}

const succeed = (payload: unknown): InvocationResult => ({ ok: true, payload });
const echo: Invoke = async (functionName, event) =>
  succeed({ statusCode: 200, body: JSON.stringify({ functionName, event }) });

async function echoOf(
  path: string,
  init?: RequestInit,
): Promise<{ functionName: string; event: APIGatewayProxyEvent }> {
  const response = await fetch(`${await serveWith(echo)}${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as { functionName: string; event: APIGatewayProxyEvent };
}

test('a request becomes an event of payload format 1.0', async () => {
  const { event } = await echoOf('/api/v1/games/happy-panda/spin?trace=1&tag=a&tag=b%20c', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Operator-Key': 'k' },
    body: '{"bet_amount":"1.00"}',
  });

  expect(event).toMatchObject({
    version: '1.0',
    resource: '/api/v1/games/{gameCode}/spin',
    path: '/api/v1/games/happy-panda/spin',
    httpMethod: 'POST',
    pathParameters: { gameCode: 'happy-panda' },
    queryStringParameters: { trace: '1', tag: 'b c' },
    multiValueQueryStringParameters: { trace: ['1'], tag: ['a', 'b c'] },
    requestContext: {
      identity: { sourceIp: '127.0.0.1' },
      resourcePath: '/api/v1/games/{gameCode}/spin',
      stage: '$default',
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
    },
    body: '{"bet_amount":"1.00"}',
    isBase64Encoded: false,
  });
  expect(event.multiValueHeaders['X-Forwarded-For']).toEqual(['127.0.0.1']);
});

test('what a request does not have is null in its event', async () => {
  const { event } = await echoOf('/api/v1/games');

  expect(event).toMatchObject({
    body: null,
    queryStringParameters: null,
    pathParameters: null,
    isBase64Encoded: false,
  });
});

test.each([
  ['GET', '/api/v1/games/featured/rules', 'featured', { section: 'rules' }],
  ['GET', '/api/v1/games/panda/rules', 'rules', { gameCode: 'panda' }],
  ['GET', '/api/v1/games/a%2Fb%20c/rules', 'rules', { gameCode: 'a/b c' }],
  ['DELETE', '/files/b.txt', 'files', { name: 'b.txt' }],
])('%s %s reaches %s', async (method, path, functionName, pathParameters) => {
  const reached = await echoOf(path, { method });

  expect(reached.functionName).toBe(functionName);
  expect(reached.event.pathParameters).toEqual(pathParameters);
});

test.each(['/api/v1/game', '/api/v1/games/', '/api/v1/games//rules', '/files/', '/files/a/b', '/'])(
  'no route matches %s',
  async (path) => {
    const response = await fetch(`${await serveWith(echo)}${path}`);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  },
);

test('a path that is not percent-encoded well is refused', async () => {
  const response = await fetch(`${await serveWith(echo)}/api/v1/games/%E0%A4%A/rules`);

  expect(response.status).toBe(400);
});

test('a target that is not a path is refused', async () => {
  const url = new URL(await serveWith(echo));
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const target = { host: url.hostname, port: url.port, path: 'http://elsewhere/api/v1/games' };
    httpRequest(target, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });

  expect(answer).toBe(400);
});

test.each([
  ['application/octet-stream', new Uint8Array([0x61, 0x62])],
  ['application/json', new Uint8Array([0xff, 0xfe])],
  ['application/x-www-form-urlencoded', Buffer.from('a=1')],
])('a body of type %s that is not text reaches the function in base64', async (type, body) => {
  const { event } = await echoOf('/files/x', { method: 'PUT', headers: { 'content-type': type }, body });

  expect(event).toMatchObject({ isBase64Encoded: true, body: Buffer.from(body).toString('base64') });
});

test('the reply keeps its status, its headers, repeated ones too, and its bytes', async () => {
  const url = await serveWith(async () =>
    succeed({
      statusCode: 418,
      headers: { 'X-One': 'a', Connection: 'close', 'Content-Length': '7' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: Buffer.from([0, 1, 255]).toString('base64'),
      isBase64Encoded: true,
    }),
  );

  const response = await fetch(`${url}/api/v1/games`);

  expect(response.status).toBe(418);
  expect(response.headers.get('x-one')).toBe('a');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 1, 255]));
});

test.each([
  ['fails', { ok: false, error: { errorType: 'Error', errorMessage: 'boom' } }, 500, 'Internal Server Error'],
  [
    'is throttled',
    { ok: false, error: { errorType: 'TooManyRequestsException', errorMessage: '' } },
    503,
    'Service Unavailable',
  ],
  ['answers no status', succeed({ body: 'x' }), 500, 'Internal Server Error'],
  ['answers nothing', succeed(null), 500, 'Internal Server Error'],
  ['answers with an object for a body', succeed({ statusCode: 200, body: {} }), 500, 'Internal Server Error'],
  [
    'answers with an impossible header',
    succeed({ statusCode: 200, headers: { 'a b': 'c' } }),
    500,
    'Internal Server Error',
  ],
] satisfies [string, InvocationResult, number, string][])(
  'a function that %s is answered for without its details',
  async (_kind, result, status, message) => {
    const response = await fetch(`${await serveWith(async () => result)}/api/v1/games`);

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
  },
);

test('a function slower than the integration time-out is answered for with 504', async () => {
  const url = await serveWith(() => new Promise(() => {}), 50);

  const response = await fetch(`${url}/api/v1/games`);

  expect(response.status).toBe(504);
});

test('a body over 10 MB is refused and does not reach the function', async () => {
  let reached = false;
  const url = await serveWith(async () => {
    reached = true;
    return succeed({ statusCode: 200 });
  });

  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `PUT /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: ${10 * 1024 * 1024 + 1}\r\n\r\nstart`,
      );
    });
    socket.once('data', (data) => resolve(data.toString())).on('error', reject);
  });

  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(reached).toBe(false);
});

test('a chunked body over 10 MB is refused as well', async () => {
  const url = await serveWith(echo);
  const chunk = new Uint8Array(1024 * 1024);
  const body = new ReadableStream({
    start: (stream) => {
      for (let count = 0; count < 11; count += 1) stream.enqueue(chunk);
      stream.close();
    },
  });

  const status = await fetch(`${url}/files/x`, { method: 'PUT', body, duplex: 'half' }).then(
    (response) => response.status,
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );

  // The server need not read what it refused, so the client may find its connection closed while it still writes.
  expect([413, 'EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(status);
});

test('a request in flight ends before the server has stopped', async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<InvocationResult>();
  const url = await serveWith(() => {
    started.resolve();
    return finish.promise;
  });
  const response = fetch(`${url}/api/v1/games`);
  await started.promise;

  const stopped = server?.stop();
  finish.resolve(succeed({ statusCode: 200, body: 'done' }));

  expect(await (await response).text()).toBe('done');
  await stopped;
  server = undefined;
});
