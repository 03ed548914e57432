import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that went through. */
export interface SeenCall {
  /** DynamoDB's operation, or the path of anything else. */
  readonly operation: string;
  readonly request: string;
  readonly response: string;
}

export interface CountingProxy {
  readonly url: string;
  /** What went through since the last time it was taken. */
  take(): SeenCall[];
  stop(): Promise<void>;
}

/**
 * Passes everything on to a service as it is, and remembers it. A call that the SDK sends again after a time-out is passed
 * on but not counted. The number of such calls says how busy this machine is.
 */
export async function countingProxy(upstream: string): Promise<CountingProxy> {
  let seen: SeenCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const repeated = /attempt=(?!1\b)/.test(String(incoming.headers['amz-sdk-request']));
    void pass(upstream, incoming, outgoing).then((call) => repeated || seen.push(call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<SeenCall> {
  const body = await read(incoming);
  const target = new URL(incoming.url ?? '/', upstream);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, headers } = incoming;
    const forwarded = httpRequest(target, { method, headers }, resolve);
    forwarded.on('error', reject);
    forwarded.end(body);
  });
  const response = await read(answer);
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(response);
  const operation = String(incoming.headers['x-amz-target'] ?? target.pathname).replace(
    'DynamoDB_20120810.',
    '',
  );
  return { operation, request: body.toString('utf8'), response: response.toString('utf8') };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
