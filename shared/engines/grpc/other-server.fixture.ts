import { Server, ServerCredentials, type ServiceError, type status } from '@grpc/grpc-js';
import { OtherEngine, type OtherMessage } from './other-client.fixture.ts';

/** A handler gives an answer or a status. Where it gives neither, the call is never answered. */
export type OtherAnswer = OtherMessage | { readonly status: status } | undefined;
export type OtherMethods = Readonly<
  Record<'GetCapabilities' | 'Reset' | 'Step', (request: OtherMessage) => OtherAnswer>
>;

export interface OtherServer {
  readonly url: string;
  stop(): void;
}

/** Starts an engine's server that another library makes of the proto. It answers whatever a test wants. */
export async function startOtherServer(methods: OtherMethods, port = 0): Promise<OtherServer> {
  const server = new Server();
  const handlers = Object.entries(methods).map(([name, answer]) => [
    name,
    (
      { request }: { request: OtherMessage },
      done: (error: Partial<ServiceError> | null, reply?: OtherMessage) => void,
    ) => {
      const reply = answer(request);
      if (reply === undefined) return;
      if (typeof reply['status'] === 'number') done({ code: reply['status'], details: 'as asked' });
      else done(null, reply);
    },
  ]);
  server.addService(OtherEngine.service, Object.fromEntries(handlers));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`localhost:${port}`, ServerCredentials.createInsecure(), (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });
  return { url: `http://localhost:${bound}`, stop: () => server.forceShutdown() };
}
