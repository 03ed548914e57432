import { Code } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CodeOf, EngineError, errorCodes } from '../../foundation/errors.ts';
import { startGrpcServer } from './grpc-server.ts';
import { engineErrorFor, statusFor } from './engine-status.ts';
import { GrpcChannel } from './grpc-channel.ts';
import { Engine } from './proto/engine/v1/engine_pb.ts';

type EngineCode = CodeOf<'engine'>;

/** An EngineError may carry any of these. */
const codes: readonly EngineCode[] = [
  'ENGINE_UNAVAILABLE',
  'HASH_MISMATCH',
  'UNSUPPORTED_ABI',
  'ENGINE_TRAP',
  'OUT_OF_FUEL',
  'OUT_OF_MEMORY',
  'TIMEOUT',
  'ENGINE_REJECTED',
  'BAD_OUTPUT',
];

describe('A failure of an engine', () => {
  let failure: unknown;
  let channel: GrpcChannel;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const fail = () => {
      throw statusFor(failure);
    };
    const server = await startGrpcServer({
      host: 'localhost',
      port: 0,
      routes: (router) => router.service(Engine, { step: fail }),
    });
    stop = () => server.stop(0);
    channel = new GrpcChannel(`http://localhost:${server.port}`, 2_000);
  });
  afterAll(async () => {
    channel.close();
    await stop();
  });

  const told = () =>
    channel.call((options) => channel.client(Engine).step({}, options)).catch((error: unknown) => error);

  it.each(codes)('A failure of an engine is the same failure at the other end: %s', async (code) => {
    expect(errorCodes).toContain(code);
    failure = new EngineError(code, 'It failed');
    expect(engineErrorFor(await told())).toMatchObject({ name: 'EngineError', code });
  });

  it('An unexpected error tells nothing of itself at the other end', async () => {
    failure = new Error('the seed was 1234');
    const error = await told();
    expect(error).toMatchObject({ code: Code.Internal });
    expect(String(error)).not.toContain('1234');
    expect(engineErrorFor(error)).toMatchObject({ code: 'ENGINE_TRAP' });
  });
});
