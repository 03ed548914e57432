import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that listens on this machine only. */
export interface RunningService {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Resolves when the port is free again; safe to call twice. */
  stop(): Promise<void>;
}

/** Port 0 or undefined: the operating system picks one. */
export async function listenOnLoopback(server: Server, port = 0): Promise<RunningService> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      // Clients keep connections open for reuse; waiting for them would take as long as they like.
      server.closeAllConnections();
      await closed;
    },
  };
}
