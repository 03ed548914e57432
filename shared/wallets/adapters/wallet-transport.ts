import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A wallet's reply is a few hundred bytes. Whatever answers more is no wallet. */
export const MAX_REPLY_BYTES = 64 * 1024;

export interface PostedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Limits the call, from connecting to the last byte of the reply. */
  readonly timeoutMs: number;
}

/** `bytes` is undefined where the reply is too long or is packed in a way that was not asked for. */
export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly bytes: Uint8Array | undefined;
      /** The same bytes were sent before, and a wallet may have booked them. */
      readonly isRepeated?: true;
    }
  | {
      readonly kind: 'failed';
      readonly timedOut: boolean;
      /** It is false only where no connection was made, so that no byte of the request can have left. */
      readonly mayBeSent: boolean;
      readonly error: unknown;
    };

/** Posts a request once. It never throws. */
export type Post = (request: PostedRequest) => Promise<Posted>;

type Failed = Extract<Posted, { kind: 'failed' }>;
type Connection = 'kept' | 'new';
/** `staleConnection` says that the wallet closed a kept connection before it answered on it. */
export type Attempt = Exclude<Posted, Failed> | (Failed & { readonly staleConnection: boolean });

const kept = {
  'http:': { client: http, agent: new http.Agent({ keepAlive: true }) },
  'https:': { client: https, agent: new https.Agent({ keepAlive: true }) },
};

/** Posts over HTTP/1.1 on a connection that is kept. */
export const postOverHttp: Post = (request) => {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  return sendAgainWhereStale((connection) => attempt(request, timeout, connection));
};

/**
 * A wallet may close a kept connection at the moment when it is used again, which says nothing about the wallet. The same
 * bytes are then sent once more on a new connection.
 * @param attempt sends the bytes once, and never throws
 */
export async function sendAgainWhereStale(
  attempt: (connection: Connection) => Promise<Attempt>,
): Promise<Posted> {
  const first = await attempt('kept');
  if (first.kind === 'answered' || !first.staleConnection) return first;
  const second = await attempt('new');
  return second.kind === 'failed' ? { ...second, mayBeSent: true } : { ...second, isRepeated: true };
}

async function attempt(
  { url, headers, body }: PostedRequest,
  timeout: AbortSignal,
  connection: Connection,
): Promise<Attempt> {
  let mayBeSent = false;
  let isAnswered = false;
  let request: http.ClientRequest | undefined;
  try {
    const address = new URL(url);
    const transport = kept[address.protocol as keyof typeof kept];
    request = transport.client.request(address, {
      method: 'POST',
      headers: { ...headers, 'accept-encoding': 'identity', 'content-length': body.length },
      agent: connection === 'kept' ? transport.agent : false,
      signal: timeout,
    });
    request.once('socket', (socket) => whenConnected(socket, () => (mayBeSent = true)));
    const response = await answerTo(request, body);
    isAnswered = true;
    return { kind: 'answered', status: response.statusCode ?? 0, bytes: await readCapped(response) };
  } catch (error) {
    const staleConnection = request?.reusedSocket === true && !isAnswered && !timeout.aborted;
    return { kind: 'failed', timedOut: timeout.aborted, mayBeSent, error, staleConnection };
  }
}

function answerTo(request: http.ClientRequest, body: Uint8Array): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** With TLS, no byte of a request leaves before the handshake is over. */
function whenConnected(socket: Socket, connected: () => void): void {
  if (!socket.connecting) connected();
  else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
}

async function readCapped(response: http.IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_REPLY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return unpacked(Buffer.concat(chunks), response.headers['content-encoding']);
}

/** Some servers pack what they were asked to send as it is. The bytes that count are those after unpacking. */
function unpacked(bytes: Uint8Array, encoding: string | undefined): Uint8Array | undefined {
  if (encoding === undefined || encoding === 'identity') return bytes;
  if (encoding !== 'gzip') return undefined;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_REPLY_BYTES });
  } catch {
    return undefined;
  }
}
