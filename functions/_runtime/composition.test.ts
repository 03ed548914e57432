import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { Random } from '../../shared/engines/grpc/proto/random/v1/random_pb.ts';
import { randomService } from '../../shared/engines/grpc/random-service.ts';
import { systemRandom } from '../../shared/aws/random.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** Loads the module again, as a new sandbox does. */
const compose = () => import('./composition.ts');

describe('the seeds of rounds', () => {
  it('come from this machine where the stage names no random source', async () => {
    const { seeds } = await compose();
    const [first, second] = [await seeds().seed(), await seeds().seed()];
    expect([first.length, second.length]).toEqual([32, 32]);
    expect(first).not.toEqual(second);
  });

  it('come from the random source that the stage names', async () => {
    const given: Uint8Array[] = [];
    const bytes = (length: number) => {
      given.push(systemRandom.bytes(length));
      return given.at(-1) as Uint8Array;
    };
    const server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      routes: (router) => router.service(Random, randomService({ bytes })),
    });
    vi.stubEnv('RANDOM_URL', `http://127.0.0.1:${server.port}`);
    vi.stubEnv('GRPC_TIMEOUT_MS', '2000');
    const { seeds } = await compose();
    const drawn = [await seeds().seed(), await seeds().seed()];
    // The first answer is only compared with the next.
    expect(drawn).toEqual(given.slice(1));
    await server.stop(0);
    await expect(seeds().seed()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
