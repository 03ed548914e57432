import { once } from 'node:events';
import { constants, createServer, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../../shared/engines/host/hostile-engine.fixture.ts';
import { engineErrorFor } from '../../../shared/engines/grpc/engine-status.ts';
import { GrpcChannel } from '../../../shared/engines/grpc/grpc-channel.ts';
import { Engine, StepResponseSchema } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';

type Answer = (stream: ServerHttp2Stream) => void;

const GRPC = { 'content-type': 'application/grpc+proto' };
const OK = { 'grpc-status': '0' };
const message = toBinary(StepResponseSchema, create(StepResponseSchema, { state: Buffer.alloc(40, 1) }));

function frame(data: Uint8Array, { flags = 0, length = data.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, data]);
}

function answer(body: Uint8Array, trailers: OutgoingHttpHeaders | undefined, headers = {}): Answer {
  return (stream) => {
    stream.respond({ ':status': 200, ...GRPC, ...headers }, { waitForTrailers: trailers !== undefined });
    if (trailers) stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  };
}

function page(status: number, headers: OutgoingHttpHeaders = {}): Answer {
  return (stream) => {
    stream.respond({ ':status': status, 'content-type': 'text/html', ...headers });
    stream.end('<html><body>Hello</body></html>');
  };
}

function statusAlone(headers: OutgoingHttpHeaders): Answer {
  return (stream) => stream.respond({ ':status': 200, ...GRPC, ...headers }, { endStream: true });
}

const begun =
  (end: Answer): Answer =>
  (stream) => {
    stream.respond({ ':status': 200, ...GRPC });
    stream.write(frame(message).subarray(0, 20), () => end(stream));
  };

let respond: Answer;
let asked = 0;
const server = createServer();
server.on('stream', (stream) => {
  stream.on('error', () => undefined);
  asked += 1;
  respond(stream);
});
let channel: GrpcChannel;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  channel = new GrpcChannel(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 2_000);
});
afterAll(() => {
  channel.close();
  server.close();
});

/** The host's error for a step that is answered so; `none` where it is taken as an answer. */
async function meaningOf(what: Answer): Promise<string> {
  respond = what;
  asked = 0;
  return codeOf(() =>
    channel
      .call((options) => channel.client(Engine).step({}, options))
      .catch((cause: unknown) => {
        throw engineErrorFor(cause);
      }),
  );
}

describe('what a server answers', () => {
  it('is taken where it is whole, also compressed', async () => {
    expect(await meaningOf(answer(frame(message), OK))).toBe('none');
    const zipped = answer(frame(gzipSync(message), { flags: 1 }), OK, { 'grpc-encoding': 'gzip' });
    expect(await meaningOf(zipped)).toBe('none');
  });

  it.each<[string, Answer]>([
    ['is larger than any answer', answer(frame(new Uint8Array(200_000)), OK)],
    [
      'unpacks to more than any answer',
      answer(frame(gzipSync(Buffer.alloc(2_000_000)), { flags: 1 }), OK, { 'grpc-encoding': 'gzip' }),
    ],
    ['cannot be read', answer(frame(Buffer.from([0x0a, 0xff, 0x01])), OK)],
    ['cannot be unpacked', answer(frame(message, { flags: 1 }), OK, { 'grpc-encoding': 'gzip' })],
    ['is packed without saying how', answer(frame(message, { flags: 1 }), OK)],
    ['is packed in an unknown way', answer(frame(message, { flags: 1 }), OK, { 'grpc-encoding': 'zstd' })],
    ['says nothing of how it ended', answer(frame(message), undefined)],
    ['is a page', page(200)],
    [
      'is a page that poses as a refusal',
      page(200, { 'grpc-status': '3', 'engine-failure': 'ENGINE_REJECTED' }),
    ],
    ['is shorter than it says', answer(frame(message, { length: message.length + 1 }), OK)],
    ['ends in the middle of a length', answer(Buffer.of(0, 0, 0), OK)],
    ['has a second message', answer(Buffer.concat([frame(message), frame(message)]), OK)],
    ['has no message', answer(Buffer.alloc(0), OK)],
    ['is only that all went well', statusAlone(OK)],
    ['comes with a failure before it', answer(frame(message), undefined, { 'grpc-status': '3' })],
    ['has a status that there is not', statusAlone({ 'grpc-status': '99' })],
    ['has a word for a status', statusAlone({ 'grpc-status': 'fine' })],
    ['has a status with something behind it', statusAlone({ 'grpc-status': '3 or so' })],
    ['has two statuses', answer(frame(message), { 'grpc-status': '13' }, OK)],
    // google.rpc.Status with the code 99, and bytes that are none.
    [
      'has details of a status that there is not',
      statusAlone({ 'grpc-status': '3', 'grpc-status-details-bin': 'CGM' }),
    ],
    ['has details that cannot be read', statusAlone({ 'grpc-status': '3', 'grpc-status-details-bin': '/w' })],
  ])('is BAD_OUTPUT where it %s, and is not asked for again', async (_, what) => {
    expect(await meaningOf(what)).toBe('BAD_OUTPUT');
    expect(asked).toBe(1);
  });

  it('is never a refusal where it is just bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), fc.boolean(), async (bytes, framed) => {
        const meaning = await meaningOf(answer(framed ? frame(bytes) : bytes, OK));
        expect(['BAD_OUTPUT', 'none']).toContain(meaning);
      }),
      { numRuns: 300 },
    );
  });

  it.each([[301], [400], [401], [403], [404], [429], [500], [502], [503], [504]])(
    'is not from the engine where it is a page with the status %d of a proxy',
    async (status) => {
      expect(await meaningOf(page(status))).toBe('ENGINE_UNAVAILABLE');
      expect(asked).toBe(2);
    },
  );

  const resets = [
    'PROTOCOL_ERROR',
    'INTERNAL_ERROR',
    'REFUSED_STREAM',
    'CANCEL',
    'ENHANCE_YOUR_CALM',
  ] as const;

  it.each<[string, Answer]>([
    ...resets.map((name): [string, Answer] => [
      `was taken back as ${name}`,
      (stream) => stream.close(constants[`NGHTTP2_${name}`]),
    ]),
    ['stopped with its connection', begun((stream) => stream.session?.destroy())],
  ])('did not come where it %s', async (_, what) => {
    expect(await meaningOf(what)).toBe('ENGINE_UNAVAILABLE');
    expect(asked).toBe(2);
  });

  it.each(resets)('is no refusal where it is broken off as %s', async (name) => {
    const meaning = await meaningOf(begun((stream) => stream.close(constants[`NGHTTP2_${name}`])));
    expect(['BAD_OUTPUT', 'ENGINE_UNAVAILABLE']).toContain(meaning);
  });
});
