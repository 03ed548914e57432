import type { JsonReply } from './memory-table.ts';

export interface JsonRequest {
  /** As the service calls it, such as `PutItem`. */
  readonly operation: string;
  readonly input: object;
  /** What the caller of the client gave beside its command. */
  readonly options: unknown;
}

/** What an AWS client gives to its transport, as far as it matters here. */
interface SentRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Settings for a client of an AWS service with a JSON protocol, whose requests `serve` answers instead of a network. The client
 * makes one attempt: what its second one would do is a fault of its own in a world.
 */
export function servedBy(serve: (request: JsonRequest) => JsonReply | Promise<JsonReply>) {
  return {
    region: 'us-east-1',
    endpoint: 'http://aws.invalid',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => undefined,
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
      handle: async ({ headers, body }: SentRequest, options: unknown) => {
        const operation = headers['x-amz-target']?.split('.')[1] ?? '';
        const reply = await serve({
          operation,
          input: JSON.parse(new TextDecoder().decode(body)) as object,
          options,
        });
        return {
          response: {
            statusCode: reply.status,
            headers: { 'content-type': headers['content-type'] ?? '' },
            // Bytes, not a stream: reading a stream would take turns of the event loop, which virtual time does not wait for.
            body: new TextEncoder().encode(JSON.stringify(reply.body)),
          },
        };
      },
    },
  };
}
