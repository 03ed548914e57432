import {
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

/** A state has 8 KiB and an engine's answer at most 64 KiB, so larger messages are mistakes or attacks. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** A caller may set no longer deadline, so a long simulation is requested in parts. */
const MAX_DEADLINE_MS = 10 * 60_000;
/** Calls that come without a deadline have this one. */
const DEFAULT_DEADLINE_MS = 60_000;
const MAX_STREAMS_PER_CONNECTION = 256;
const MAX_CONNECTIONS = 1_024;
/** Each connection's peer is asked so often whether it is still there. */
const KEEPALIVE_MS = 30_000;

export interface GrpcServerOptions {
  readonly host: string;
  /** The port 0 means any that is free. */
  readonly port: number;
  /** Without it the server speaks plain text. That is for this machine and for networks that are trusted with seeds. */
  readonly tls?: Pick<SecureContextOptions, 'cert' | 'key'> | undefined;
  readonly routes: (router: ConnectRouter) => void;
  /** Calls that come without a deadline have this one. It is a minute unless it is given. */
  readonly deadlineMs?: number;
  /** A peer that has not answered a PING by the next one has vanished. It is 30 s unless it is given. */
  readonly keepaliveMs?: number;
  /** It is 1,024 unless it is given. */
  readonly maxConnections?: number;
}

export interface GrpcServer {
  readonly port: number;
  /** Accepts no more calls and lets those under way finish. After `graceMs` they are ended with UNAVAILABLE. */
  stop(graceMs: number): Promise<void>;
}

/** Serves gRPC over HTTP/2. It logs nothing of a request, because a request holds a seed. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { host, port, tls, routes, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const { keepaliveMs = KEEPALIVE_MS, maxConnections = MAX_CONNECTIONS } = options;
  const shutdown = new AbortController();
  const handle = connectNodeAdapter({
    routes,
    grpc: true,
    grpcWeb: false,
    connect: false,
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
    maxTimeoutMs: MAX_DEADLINE_MS,
    shutdownSignal: shutdown.signal,
  });
  const listener = (request: Http2ServerRequest, response: Http2ServerResponse) => {
    request.headers['grpc-timeout'] ??= `${deadlineMs}m`;
    handle(request, response);
  };
  const settings = { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION };
  const server = tls
    ? // A `ca` asks for certificates of the callers.
      createSecureServer({ settings, ...tls, minVersion: 'TLSv1.2' }, listener)
    : createServer({ settings }, listener);
  server.maxConnections = maxConnections;
  server.on('session', (session) => keepAlive(session, keepaliveMs));
  const connections = connectionsOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs) => stop(server, connections, shutdown, graceMs),
  };
}

interface Connections {
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  readonly sockets: ReadonlySet<Socket>;
}

function connectionsOf(server: Http2Server): Connections {
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return { sessions, sockets };
}

/** Without this the connection of a peer that vanished would stay for ever, with all calls on it. */
function keepAlive(session: ServerHttp2Session, keepaliveMs: number): void {
  let answered = true;
  const beat = setInterval(() => {
    // A destroyed session closes a little later, and accepts no PING until then.
    if (!answered || session.destroyed) {
      session.destroy();
      return;
    }
    answered = false;
    session.ping(() => {
      answered = true;
    });
  }, keepaliveMs);
  session.once('close', () => clearInterval(beat));
}

async function stop(
  server: Http2Server,
  { sessions, sockets }: Connections,
  shutdown: AbortController,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Tells each client to open no more streams here.
  for (const session of sessions) session.close();
  await Promise.race([closed, delay(graceMs, undefined, { ref: false })]);
  shutdown.abort(new ConnectError('The server stops', Code.Unavailable));
  await Promise.race([closed, delay(FAREWELL_MS, undefined, { ref: false })]);
  // A session that is closing waits for its peer, which may be gone.
  for (const socket of sockets) socket.destroy();
  await closed;
}

/** The status of an ended call needs this time to reach its caller. */
const FAREWELL_MS = 100;
