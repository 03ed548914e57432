import { randomBytes } from 'node:crypto';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../aws/random.ts';
import { startGrpcServer } from './grpc-server.ts';
import { OtherRandom, type OtherMessage } from './other-client.fixture.ts';
import { Random } from './proto/random/v1/random_pb.ts';
import { randomService } from './random-service.ts';
import { RemoteSeeds } from './remote-seeds.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function seedsFrom(url: string, timeoutMs = 2_000): RemoteSeeds {
  const seeds = new RemoteSeeds(url, timeoutMs, systemRandom);
  ended.unshift(() => seeds.close());
  return seeds;
}

type Answer = (request: OtherMessage) => OtherMessage | undefined;

/** Starts a random source that another library makes of the proto. */
async function startOtherSource(answer: Answer): Promise<string> {
  const server = new Server();
  server.addService(OtherRandom.service, {
    GetBytes: (
      { request }: { request: OtherMessage },
      done: (error: { code: status } | null, reply?: OtherMessage) => void,
    ) => {
      const reply = answer(request);
      done(reply ? null : { code: status.INTERNAL }, reply);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  ended.push(() => server.forceShutdown());
  return `http://localhost:${port}`;
}

describe('Seeds from a server', () => {
  it('Seeds from a server have 32 bytes, and differ each time', async () => {
    const server = await startGrpcServer({
      host: 'localhost',
      port: 0,
      routes: (router) => router.service(Random, randomService(systemRandom)),
    });
    ended.push(() => server.stop(0));
    const seeds = seedsFrom(`http://localhost:${server.port}`);
    const drawn = await Promise.all(Array.from({ length: 20 }, () => seeds.seed()));
    expect(new Set(drawn.map((seed) => Buffer.from(seed).toString('hex'))).size).toBe(20);
    expect(drawn.every(({ length }) => length === 32)).toBe(true);
  });

  it('Seeds are requested one at a time, each under an id of its own', async () => {
    const asked: OtherMessage[] = [];
    const url = await startOtherSource((request) => {
      asked.push(request);
      return { request_id: request['request_id'], data: randomBytes(32) };
    });
    const seeds = seedsFrom(url);
    await seeds.seed();
    await seeds.seed();
    // The first answer of a source is no seed.
    expect(asked.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(asked.map(({ request_id }) => request_id)).size).toBe(3);
  });

  it.each<[string, Answer]>([
    ['too few bytes', ({ request_id }) => ({ request_id, data: randomBytes(31) })],
    ['too many bytes', ({ request_id }) => ({ request_id, data: randomBytes(33) })],
    ["another request's bytes", () => ({ request_id: 'other', data: randomBytes(32) })],
    ['an error', () => undefined],
  ])('Seeds are refused where the server answers with %s', async (_, answer) => {
    const seeds = seedsFrom(await startOtherSource(answer));
    await expect(seeds.seed()).rejects.toMatchObject({
      name: 'DependencyError',
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  it('Seeds are refused where the source is stuck, from the first one on', async () => {
    const url = await startOtherSource(({ request_id }) => ({ request_id, data: Buffer.alloc(32, 7) }));
    const seeds = seedsFrom(url);
    await expect(seeds.seed()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(seeds.seed()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('A seed fails where no server listens', async () => {
    const server = await startGrpcServer({ host: 'localhost', port: 0, routes: () => undefined });
    await server.stop(0);
    const seeds = seedsFrom(`http://localhost:${server.port}`);
    await expect(seeds.seed()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
