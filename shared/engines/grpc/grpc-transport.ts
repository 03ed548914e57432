import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import {
  compressionBrotli,
  compressionGzip,
  createNodeHttpClient,
  type Http2SessionManager,
} from '@connectrpc/connect-node';
import type { UniversalClientFn, UniversalClientResponse } from '@connectrpc/connect/protocol';
import { createTransport, headerGrpcStatus } from '@connectrpc/connect/protocol-grpc';

const MAX_MESSAGE_BYTES = 128 * 1024;

/**
 * The client itself gives these codes for a call that brought no answer. Any other code means that the answer is wrong.
 */
const unanswered: ReadonlySet<Code> = new Set([Code.Unavailable, Code.DeadlineExceeded, Code.Canceled]);

/** Speaks gRPC over one connection. It tells a call that brought no answer from one whose answer makes no sense. */
export function grpcTransport(baseUrl: string, session: Http2SessionManager): Transport {
  const http = createNodeHttpClient({ httpVersion: '2', sessionProvider: () => session });
  return createTransport({
    baseUrl,
    httpClient: reaching(http),
    useBinaryFormat: true,
    interceptors: [],
    acceptCompression: [compressionGzip, compressionBrotli],
    sendCompression: null,
    compressMinBytes: 1_024,
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
  });
}

/**
 * Reads the status with which a call ended. A status is the server's own only where the server sent it. The library has
 * the same ones, INVALID_ARGUMENT among them, for answers that it cannot read.
 */
export function answeredStatus(cause: unknown): ConnectError {
  const error = ConnectError.from(cause);
  const sent = error.metadata.get(headerGrpcStatus);
  const known = sent === null ? unanswered.has(error.code) : sent === String(error.code) && sent in Code;
  return known
    ? error
    : new ConnectError('What the server answered is no answer', Code.DataLoss, undefined, undefined, cause);
}

/**
 * Reports UNAVAILABLE for whatever ended the connection or the stream, TLS and routing included. It does so for any
 * status except that of gRPC.
 */
function reaching(client: UniversalClientFn): UniversalClientFn {
  return async (request) => {
    const lost = (cause: unknown): unknown =>
      request.signal?.aborted ? cause : unavailable('The server could not be reached', cause);
    let response: UniversalClientResponse;
    try {
      response = await client(request);
    } catch (cause) {
      throw lost(cause);
    }
    if (response.status !== 200)
      throw unavailable(`What stands before the server answered ${response.status}`);
    return { ...response, body: whole(response.body, lost) };
  };
}

async function* whole(
  body: AsyncIterable<Uint8Array>,
  lost: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw lost(cause);
  }
}

function unavailable(message: string, cause?: unknown): ConnectError {
  return new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
}
