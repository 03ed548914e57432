import { setTimeout as delay } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import { type CallOptions, type Client, Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';

const MAX_MESSAGE_BYTES = 128 * 1024;
/** After so long without a byte, as after a sandbox's sleep, a connection is tried with a PING before it is used. */
const TRUSTED_IDLE_MS = 5_000;
const PING_TIMEOUT_MS = 500;
/** A second attempt follows where a connection was refused or lost. Calls are pure or ask for fresh bytes, so it is safe. */
const ATTEMPTS = 2;
const PAUSE_MS = 50;
const lost: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Aborted, Code.Canceled]);

const unanswered: ReadonlySet<string> = new Set(['connecting', 'verifying']);

/** One kept connection to a gRPC server, made at the first call and again whenever it was lost. */
export class GrpcChannel {
  readonly #session: Http2SessionManager;
  readonly #transport: ReturnType<typeof createGrpcTransport>;
  readonly #timeoutMs: number;

  /** @param timeoutMs of a call, with its second attempt: the deadline that the server is told */
  constructor(url: string, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#session = new Http2SessionManager(url, {
      pingIntervalMs: TRUSTED_IDLE_MS,
      pingTimeoutMs: PING_TIMEOUT_MS,
    });
    this.#transport = createGrpcTransport({
      baseUrl: url,
      sessionManager: this.#session,
      readMaxBytes: MAX_MESSAGE_BYTES,
      writeMaxBytes: MAX_MESSAGE_BYTES,
    });
  }

  client<S extends DescService>(service: S): Client<S> {
    return createClient(service, this.#transport);
  }

  /** @throws ConnectError with the status of the last attempt */
  async call<T>(run: (options: CallOptions) => Promise<T>): Promise<T> {
    const endsAtMs = performance.now() + this.#timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, Math.ceil(endsAtMs - performance.now()));
      try {
        return await run({ timeoutMs });
      } catch (cause) {
        const error = this.#statusOf(cause);
        // Nobody answers there: the next call tries anew rather than wait for the same attempt.
        if (unanswered.has(this.#session.state())) this.#session.abort(error);
        const again = lost.has(error.code) && performance.now() + PAUSE_MS < endsAtMs;
        if (attempt >= ATTEMPTS || !again) throw error;
        await delay(PAUSE_MS);
      }
    }
  }

  /** Whatever ended the connection, TLS and routing included, the server could not be reached. */
  #statusOf(cause: unknown): ConnectError {
    const error = ConnectError.from(cause);
    if (this.#session.state() !== 'error' || error.code === Code.DeadlineExceeded) return error;
    return new ConnectError(error.rawMessage, Code.Unavailable, undefined, undefined, cause);
  }

  close(): void {
    this.#session.abort();
  }
}
