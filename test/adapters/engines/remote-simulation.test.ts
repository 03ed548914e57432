import { setTimeout as delay } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadBuiltEngine } from '../../../engines/built-engine.ts';
import { mergeTallies } from '../../../shared/simulation/tally.ts';
import { codeOf } from '../../../shared/engines/host/hostile-engine.fixture.ts';
import { simulate } from '../../../shared/engines/host/simulation.ts';
import type { SimulationResult } from '../../../shared/engines/simulation.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import { GrpcChannel } from '../../../shared/engines/grpc/grpc-channel.ts';
import { startGrpcServer } from '../../../shared/engines/grpc/grpc-server.ts';
import {
  Engine,
  type SimResultChunk,
  SimResultChunkSchema,
} from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { simulateRemotely } from '../../../shared/engines/grpc/remote-simulation.ts';

const build = { engineId: 'happy-panda', buildId: '1.0.0', buildHash: 'ab'.repeat(32) };
const seed = new Uint8Array(32).fill(3);
const ended: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ended.splice(0)) await end();
});

async function channelTo(service: Parameters<typeof startServing>[0]): Promise<GrpcChannel> {
  const port = await startServing(service);
  const channel = new GrpcChannel(`http://localhost:${port}`, 2_000);
  ended.unshift(() => channel.close());
  return channel;
}

async function startServing(service: Partial<ReturnType<typeof engineService>>): Promise<number> {
  const server = await startGrpcServer({
    host: 'localhost',
    port: 0,
    routes: (router) => router.service(Engine, service),
  });
  ended.push(() => server.stop(0));
  return server.port;
}

async function partsOf(parts: AsyncIterable<SimulationResult>): Promise<SimulationResult[]> {
  const all: SimulationResult[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

describe('a simulation on a server', () => {
  it('counts what the same simulation counts here', async () => {
    const engine = await loadBuiltEngine('happy-panda');
    const channel = await channelTo(engineService([servedEngine(engine)]));
    const batch = { seed, first: 2n ** 40n, rounds: 30_000 };
    const parts = await partsOf(simulateRemotely(channel, { ...build, buildHash: engine.hash }, batch));
    expect(parts.length).toBeGreaterThan(2);
    expect(mergeTallies(parts)).toEqual(simulate(engine, batch));
  });

  it('ends on the server too where no more of it is wanted', async () => {
    const engine = await loadBuiltEngine('happy-panda');
    const channel = await channelTo(engineService([servedEngine(engine)]));
    const batch = { seed, first: 0n, rounds: 2 ** 31 };
    for await (const _ of simulateRemotely(channel, { ...build, buildHash: engine.hash }, batch)) break;
    const computed = vi.spyOn(engine, 'withInstance');
    await delay(100);
    const atTheEnd = computed.mock.calls.length;
    await delay(200);
    expect(computed.mock.calls.length).toBe(atTheEnd);
  });

  const chunk = (firstRound: bigint, rounds: bigint, buildHash = build.buildHash): SimResultChunk =>
    create(SimResultChunkSchema, { firstRound, rounds, buildHash: Buffer.from(buildHash, 'hex') });

  it.each<[string, string, SimResultChunk[]]>([
    ['all of them', 'none', [chunk(7n, 60n), chunk(67n, 40n)]],
    ['too few', 'BAD_OUTPUT', [chunk(7n, 60n)]],
    ['none', 'BAD_OUTPUT', []],
    ['too many', 'BAD_OUTPUT', [chunk(7n, 60n), chunk(67n, 41n)]],
    ['some twice', 'BAD_OUTPUT', [chunk(7n, 60n), chunk(66n, 41n)]],
    ['not some in the middle', 'BAD_OUTPUT', [chunk(7n, 50n), chunk(67n, 40n)]],
    ['those of another start', 'BAD_OUTPUT', [chunk(0n, 100n)]],
    ['no rounds for ever', 'BAD_OUTPUT', [chunk(7n, 0n), chunk(7n, 100n)]],
    ['those of another build', 'HASH_MISMATCH', [chunk(7n, 100n, 'cd'.repeat(32))]],
  ])('that counts %s of its rounds is %s', async (_, code, chunks) => {
    const channel = await channelTo({ batchSimulate: () => streamOf(chunks) });
    const parts = simulateRemotely(channel, build, { seed, first: 7n, rounds: 100 });
    expect(await codeOf(() => partsOf(parts))).toBe(code);
  });

  it('that its server ends is the failure that the server tells', async () => {
    const channel = await channelTo({
      batchSimulate: () => {
        throw new ConnectError('There are too many', Code.ResourceExhausted);
      },
    });
    const parts = simulateRemotely(channel, build, { seed, first: 7n, rounds: 100 });
    expect(await codeOf(() => partsOf(parts))).toBe('ENGINE_UNAVAILABLE');
  });
});

async function* streamOf<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}
