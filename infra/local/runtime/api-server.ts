import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RouteModel } from '../model.ts';
import { listenOnLoopback } from '../services/loopback.ts';
import { type HttpReply, toHttpEvent, toHttpReply } from './http-event.ts';
import { type InvocationResult, type Invoke, REQUEST_TOO_LARGE, THROTTLED } from './invocation.ts';
import { createRouteFinder } from './route-table.ts';

/** An HTTP API takes at most 10 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** An HTTP API waits at most this long for a function, however long that may run. */
const INTEGRATION_TIMEOUT_MS = 30_000;
/** How long requests in flight may take to end when the server stops. */
const DRAIN_MS = 1_000;

export interface ApiServerOptions {
  /** 0: one picked by the system. */
  readonly port: number;
  readonly integrationTimeoutMs?: number;
}

export interface ApiServer {
  readonly url: string;
  /** Until it is told its routes, the server answers 503. */
  serve(routes: readonly RouteModel[], invoke: Invoke): void;
  /** Refuses new connections, lets requests in flight end for a moment, then closes. */
  stop(): Promise<void>;
}

type Answerer = (request: IncomingMessage, requestId: string) => Promise<HttpReply>;

/**
 * Starts an HTTP API on the loopback interface. It rejects with the system's error (EADDRINUSE, EACCES) where the port
 * cannot be had.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  let answer: Answerer = async () => gatewayReply(503, 'Service Unavailable');
  const server = createServer((request, response) => void handle(request, response));
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    // A client that leaves early gets no answer; its function runs to its end, as behind API Gateway.
    response.on('error', () => {});
    const reply = await answer(request, requestId).catch((error: unknown) =>
      // Only the path can throw this, where it is not percent-encoded well.
      error instanceof URIError
        ? gatewayReply(400, 'Bad Request')
        : gatewayReply(500, 'Internal Server Error'),
    );
    // Neither a body that was not read nor a server that stops leaves a connection to use again.
    if (!request.complete || !server.listening) response.setHeader('connection', 'close');
    send(response, requestId, reply, request.method === 'HEAD');
  }
  const { endpoint, stop } = await listenOnLoopback(server, { port: options.port, drainMs: DRAIN_MS });
  return {
    url: endpoint,
    serve(routes, invoke) {
      answer = createAnswerer(routes, invoke, options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS);
    },
    stop,
  };
}

function send(response: ServerResponse, requestId: string, reply: HttpReply, isHead: boolean): void {
  response.writeHead(reply.statusCode, {
    ...reply.headers,
    'apigw-requestid': requestId,
    'content-length': reply.body.length,
  });
  response.end(isHead ? undefined : reply.body);
}

function createAnswerer(
  routes: readonly RouteModel[],
  invoke: Invoke,
  integrationTimeoutMs: number,
): Answerer {
  const findRoute = createRouteFinder(routes);
  return async (request, requestId) => {
    const receivedAtMs = Date.now();
    const url = parseTarget(request);
    if (url === undefined) return gatewayReply(400, 'Bad Request');
    const match = findRoute(request.method ?? '', url.pathname);
    if (match === undefined) return gatewayReply(404, 'Not Found');
    const body = await readBody(request);
    if (body === undefined) return gatewayReply(413, 'Request Entity Too Large');

    const event = toHttpEvent({ request, url, match, body, requestId, receivedAtMs });
    const result = await withTimeout(invoke(match.route.functionName, event), integrationTimeoutMs);
    return result === undefined ? gatewayReply(504, 'Gateway Timeout') : replyOf(result);
  };
}

function parseTarget(request: IncomingMessage): URL | undefined {
  const base = `http://${request.headers.host ?? '127.0.0.1'}`;
  return URL.canParse(base) && request.url?.startsWith('/') ? new URL(`${base}${request.url}`) : undefined;
}

/** Undefined where the body is longer than the gateway takes; the rest of it is not read. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const { promise: timeout, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timeoutMs);
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** What an HTTP API answers for each of the ways a function can fail. */
function replyOf(result: InvocationResult): HttpReply {
  if (result.ok) return toHttpReply(result.payload) ?? gatewayReply(500, 'Internal Server Error');
  if (result.error.errorType === REQUEST_TOO_LARGE) return gatewayReply(413, 'Request Entity Too Large');
  if (result.error.errorType === THROTTLED) return gatewayReply(503, 'Service Unavailable');
  return gatewayReply(500, 'Internal Server Error');
}

function gatewayReply(statusCode: number, message: string): HttpReply {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, body: Buffer.from(JSON.stringify({ message })) };
}
