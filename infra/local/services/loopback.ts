import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running service listens on this machine only. */
export interface RunningService {
  /** It is `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** Resolves when the port is free again; it is safe to call twice. */
  stop(): Promise<void>;
}

export interface ListenOptions {
  /** The operating system picks one for 0, which is the default. */
  readonly port?: number;
  /** Requests in flight have this long to end when the server stops. By default they have no time. */
  readonly drainMs?: number;
}

/** Lets a server listen. It rejects with the system's error (EADDRINUSE, EACCES) where the port cannot be had. */
export async function listenOnLoopback(
  server: Server,
  { port = 0, drainMs = 0 }: ListenOptions = {},
): Promise<RunningService> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let stopped: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => (stopped ??= close(server, drainMs)),
  };
}

async function close(server: Server, drainMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Clients keep connections open for reuse; waiting for them would take as long as they like.
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
