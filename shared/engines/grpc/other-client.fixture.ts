import path from 'node:path';
import {
  type ChannelCredentials,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterEach } from 'vitest';

const protos = path.join(import.meta.dirname, 'proto');

/** Reads a service from the very proto file, as gRPC's reference implementation for Node does. */
export function otherService(file: string, pkg: string, service: string): ServiceClientConstructor {
  const definition = loadSync(file, { includeDirs: [protos], keepCase: true, longs: String, defaults: true });
  const loaded = loadPackageDefinition(definition);
  const [name = '', version = ''] = pkg.split('.');
  type Loaded = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  return (loaded as Loaded)[name]?.[version]?.[service] as ServiceClientConstructor;
}

export const OtherEngine = otherService('engine/v1/engine.proto', 'engine.v1', 'Engine');
export const OtherRandom = otherService('random/v1/random.proto', 'random.v1', 'Random');

/** Messages have this form in the other library: fields by their names in the proto, and 64-bit integers as strings. */
export type OtherMessage = Readonly<Record<string, unknown>>;

export interface OtherClient {
  /** Calls a method. It rejects with the name of the status, such as `NOT_FOUND`. */
  call(method: string, request: OtherMessage, deadlineMs?: number): Promise<OtherMessage>;
  stream(method: string, request: OtherMessage, deadlineMs?: number): ClientReadableStream<OtherMessage>;
}

/** Makes a client of the other library, which is closed after the test. */
export function otherClient(
  Service: ServiceClientConstructor,
  port: number,
  channel: ChannelCredentials = credentials.createInsecure(),
): OtherClient {
  const client = new Service(`localhost:${port}`, channel);
  closing.push(() => client.close());
  type Method = (
    request: OtherMessage,
    options: { deadline: number },
    done: (error: ServiceError | null, reply: OtherMessage) => void,
  ) => void;
  return {
    call: (method, request, deadlineMs = 5_000) =>
      new Promise((resolve, reject) => {
        const run = (client[method] as Method).bind(client);
        run(request, { deadline: Date.now() + deadlineMs }, (error, reply) =>
          error ? reject(new Error(status[error.code])) : resolve(reply),
        );
      }),
    stream: (method, request, deadlineMs = 60_000) => {
      type Stream = (
        request: OtherMessage,
        options: { deadline: number },
      ) => ClientReadableStream<OtherMessage>;
      return (client[method] as Stream).bind(client)(request, { deadline: Date.now() + deadlineMs });
    },
  };
}

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});
