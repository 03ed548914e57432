import { setTimeout as delay } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import { type CallOptions, type Client, Code, createClient, type Transport } from '@connectrpc/connect';
import { Http2SessionManager } from '@connectrpc/connect-node';
import { answeredStatus, grpcTransport } from './grpc-transport.ts';

/** A connection may be idle for so long, as after a sandbox's sleep. It is then tried with a PING before it is used. */
const TRUSTED_IDLE_MS = 5_000;
const PING_TIMEOUT_MS = 500;
/**
 * A second attempt follows where a connection was refused or lost. It is safe, because calls are pure or ask for fresh
 * bytes.
 */
const ATTEMPTS = 2;
const PAUSE_MS = 50;
const lost: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Aborted, Code.Canceled]);

const unanswered: ReadonlySet<string> = new Set(['connecting', 'verifying']);

/** Keeps one connection to a gRPC server. It is made at the first call, and again whenever it was lost. */
export class GrpcChannel {
  readonly #session: Http2SessionManager;
  readonly #transport: Transport;
  readonly #timeoutMs: number;

  /** @param timeoutMs limits a call with its second attempt; the server is told this deadline */
  constructor(url: string, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#session = new Http2SessionManager(url, {
      pingIntervalMs: TRUSTED_IDLE_MS,
      pingTimeoutMs: PING_TIMEOUT_MS,
    });
    this.#transport = grpcTransport(url, this.#session);
  }

  client<S extends DescService>(service: S): Client<S> {
    return createClient(service, this.#transport);
  }

  /** Makes one call. @throws ConnectError with the status of the last attempt, DATA_LOSS where the reply is no answer */
  async call<T>(run: (options: CallOptions) => Promise<T>): Promise<T> {
    const endsAtMs = performance.now() + this.#timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, Math.ceil(endsAtMs - performance.now()));
      try {
        return await run({ timeoutMs });
      } catch (cause) {
        const error = answeredStatus(cause);
        // Nobody answers there. The next call makes a new attempt rather than wait for the same one.
        if (unanswered.has(this.#session.state())) this.#session.abort(error);
        const again = lost.has(error.code) && performance.now() + PAUSE_MS < endsAtMs;
        if (attempt >= ATTEMPTS || !again) throw error;
        await delay(PAUSE_MS);
      }
    }
  }

  /** Makes a call that is answered in parts. It is not repeated, and ends when its caller wants no more of them. */
  async *stream<T>(run: (options: CallOptions) => AsyncIterable<T>, timeoutMs: number): AsyncGenerator<T> {
    const ended = new AbortController();
    try {
      yield* run({ timeoutMs, signal: ended.signal });
    } catch (cause) {
      throw answeredStatus(cause);
    } finally {
      ended.abort();
    }
  }

  close(): void {
    this.#session.abort();
  }
}
