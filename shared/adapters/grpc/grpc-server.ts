import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

/** A state has 8 KiB and an engine's answer at most 64, so larger messages are mistakes or attacks. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** The longest deadline that a caller may set: a long simulation is asked for in parts. */
const MAX_DEADLINE_MS = 10 * 60_000;
const MAX_STREAMS_PER_CONNECTION = 256;

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Without it the server speaks plain text, which is for this machine and for networks that are trusted with seeds. */
  readonly tls?: Pick<SecureContextOptions, 'cert' | 'key'> | undefined;
  readonly routes: (router: ConnectRouter) => void;
}

export interface GrpcServer {
  readonly port: number;
  /** Takes no more calls and lets those under way finish; after `graceMs` they are ended with UNAVAILABLE. */
  stop(graceMs: number): Promise<void>;
}

/** Serves gRPC over HTTP/2. Nothing of a request is logged: it holds a seed. */
export async function startGrpcServer({ host, port, tls, routes }: GrpcServerOptions): Promise<GrpcServer> {
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
  const settings = { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION };
  const server = tls
    ? // A `ca` asks for certificates of the callers.
      createSecureServer({ settings, ...tls, minVersion: 'TLSv1.2' }, handle)
    : createServer({ settings }, handle);
  const sessions = sessionsOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs) => stop(server, sessions, shutdown, graceMs),
  };
}

function sessionsOf(server: Http2Server): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return sessions;
}

async function stop(
  server: Http2Server,
  sessions: ReadonlySet<ServerHttp2Session>,
  shutdown: AbortController,
  graceMs: number,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Tells each client to open no more streams here.
  for (const session of sessions) session.close();
  const force = setTimeout(() => {
    shutdown.abort(new ConnectError('The server stops', Code.Unavailable));
    for (const session of sessions) setTimeout(() => session.destroy(), FAREWELL_MS).unref();
  }, graceMs);
  await closed;
  clearTimeout(force);
}

/** For the status of an ended call to reach its caller. */
const FAREWELL_MS = 100;
