import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientReadableStream, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadParts, PAYING_COUNTERS } from '../../../shared/engines/host/hostile-engine.fixture.ts';
import type { LoadedEngine } from '../../../shared/engines/host/loaded-engine.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import { startGrpcServer } from '../../../shared/engines/grpc/grpc-server.ts';
import {
  OtherEngine,
  type OtherClient,
  type OtherMessage,
  otherClient,
} from '../../../shared/engines/grpc/other-client.fixture.ts';
import { Engine } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { MAX_SIMULATIONS } from '../../../shared/engines/grpc/simulations.ts';

const id = { env_id: 'hostile' };
const seed = new Uint8Array(32);

/** Counts so many numbers in each round. */
function slowEngine(steps: number): Promise<LoadedEngine> {
  const simulateBody = `(local $left i64) ${PAYING_COUNTERS}
    (local.set $left (i64.mul (local.get $rounds) (i64.const ${steps})))
    (loop $again
      (local.set $left (i64.sub (local.get $left) (i64.const 1)))
      (br_if $again (i64.gt_s (local.get $left) (i64.const 0))))
    (i32.const 108)`;
  return loadParts({ simulateBody });
}

const ended: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ended.splice(0)) await end();
});

async function serve(engine: LoadedEngine, deadlineMs?: number): Promise<OtherClient> {
  const server = await startGrpcServer({
    host: 'localhost',
    port: 0,
    routes: (router) => router.service(Engine, engineService([servedEngine(engine)])),
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  ended.push(() => server.stop(0));
  return otherClient(OtherEngine, server.port);
}

function simulation(client: OtherClient, overrides: OtherMessage = {}, deadlineMs?: number) {
  const stream = client.stream('BatchSimulate', { id, seed, rounds: 2 ** 40, ...overrides }, deadlineMs);
  stream.on('error', () => undefined);
  return stream;
}

function statusOf(stream: ClientReadableStream<OtherMessage>): Promise<string | undefined> {
  return new Promise((resolve) => {
    stream.resume().once('status', ({ code }: { code: status }) => resolve(status[code]));
  });
}

const step = (client: OtherClient) =>
  client.call('Step', { id, state: new Uint8Array(), action: Uint8Array.of(0), seed }, 30_000);

async function timesOfSteps(client: OtherClient, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let made = 0; made < count; made += 1) {
    const beganAtMs = performance.now();
    await step(client);
    times.push(performance.now() - beganAtMs);
  }
  return times;
}

describe('steps beside simulations', () => {
  it('wait some milliseconds, however slow the game is and however many simulate', async () => {
    const client = await serve(await slowEngine(20_000));
    const streams = Array.from({ length: MAX_SIMULATIONS }, () => simulation(client).resume());
    await Promise.all(streams.map((stream) => once(stream, 'data')));
    const times = await timesOfSteps(client, 20);
    for (const stream of streams) stream.cancel();
    expect(Math.max(...times)).toBeLessThan(250);
  }, 60_000);

  it('wait for a batch that cannot be divided until its deadline, and no longer', async () => {
    const client = await serve(await slowEngine(3_000_000_000));
    const ending = statusOf(simulation(client, {}, 300));
    await delay(50);
    const [time] = await timesOfSteps(client, 1);
    expect(await ending).toBe('DEADLINE_EXCEEDED');
    expect(time).toBeLessThan(2_000);
  }, 60_000);
});

describe('simulations', () => {
  it('are taken up to a number, of which each that ends makes room for another', async () => {
    const client = await serve(await slowEngine(1));
    const streams = Array.from({ length: MAX_SIMULATIONS }, () => simulation(client));
    await Promise.all(streams.map((stream) => once(stream, 'readable')));
    expect(await statusOf(simulation(client, { rounds: 1 }))).toBe('RESOURCE_EXHAUSTED');
    streams.pop()?.cancel();
    await vi.waitFor(async () => expect(await statusOf(simulation(client, { rounds: 1 }))).toBe('OK'), 2_000);
    expect(await statusOf(simulation(client, { rounds: 1 }))).toBe('OK');
    for (const stream of streams) stream.cancel();
  });

  it('make room at their deadline also where nobody reads them', async () => {
    const client = await serve(await slowEngine(1));
    const streams = Array.from({ length: MAX_SIMULATIONS }, () =>
      simulation(client, { chunk_rounds: 1 }, 500),
    );
    await Promise.all(streams.map((stream) => once(stream, 'readable')));
    expect(await statusOf(simulation(client, { rounds: 1 }))).toBe('RESOURCE_EXHAUSTED');
    await vi.waitFor(async () => expect(await statusOf(simulation(client, { rounds: 1 }))).toBe('OK'), 3_000);
  });

  it('have the deadline of the server where they come without one', async () => {
    const client = await serve(await slowEngine(1), 200);
    expect(await statusOf(simulation(client, {}, Number.POSITIVE_INFINITY))).toBe('DEADLINE_EXCEEDED');
    expect(await statusOf(simulation(client, { rounds: 1 }, Number.POSITIVE_INFINITY))).toBe('OK');
  });

  it('do not begin another batch once they are cancelled', async () => {
    const engine = await slowEngine(1_000);
    const client = await serve(engine);
    const stream = simulation(client).resume();
    await once(stream, 'data');
    const computed = vi.spyOn(engine, 'withInstance');
    stream.cancel();
    await step(client);
    await delay(50);
    const known = computed.mock.calls.length;
    await delay(200);
    expect(computed.mock.calls.length).toBe(known);
  });
});
