import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineVersion } from '../../../shared/engines/engine-version.ts';
import {
  assembleEngine,
  CAPABILITIES,
  codeOf,
  hashOf,
  loadBytes,
} from '../../../shared/engines/host/hostile-engine.fixture.ts';
import type { LoadedEngine } from '../../../shared/engines/host/loaded-engine.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import { startGrpcServer } from '../../../shared/engines/grpc/grpc-server.ts';
import { Engine } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { remoteEngineHash } from '../../../shared/engines/grpc/remote-engine.ts';
import { RemoteEngines, type RemoteVersion } from '../../../shared/engines/grpc/remote-engines.ts';
import { RoutedEngines } from '../../../shared/engines/grpc/routed-engines.ts';

const input = { state: new Uint8Array(), action: 0, seed: new Uint8Array(32), stepIndex: 0 };
const first = assembleEngine();
const second = assembleEngine({ capabilities: JSON.stringify({ ...CAPABILITIES, preferred_batch: 1 }) });

const ended: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ended.splice(0)) await end();
});

async function serve(bytes: Uint8Array, port = 0): Promise<{ port: number; stop(): Promise<void> }> {
  const engine: LoadedEngine = await loadBytes(bytes);
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port,
    routes: (router) => router.service(Engine, engineService([servedEngine(engine)])),
  });
  const stop = () => server.stop(0);
  ended.push(stop);
  return { port: server.port, stop };
}

function versionAt(port: number, bytes = first): RemoteVersion {
  const build = { engineId: 'hostile', buildId: '1.0.0', buildHash: hashOf(bytes) };
  return {
    hash: remoteEngineHash(build),
    engineId: 'hostile',
    buildId: '1.0.0',
    publishedAtMs: 0,
    remote: { url: `http://127.0.0.1:${port}`, buildHash: build.buildHash },
  };
}

function remoteEngines(timeoutMs = 2_000): RemoteEngines {
  const engines = new RemoteEngines(timeoutMs);
  ended.unshift(() => engines.close());
  return engines;
}

describe('engines on servers', () => {
  it('are asked what they are once, and connected to once', async () => {
    const { port } = await serve(first);
    const engines = remoteEngines();
    const engine = await engines.load(versionAt(port));
    expect(await engines.load(versionAt(port))).toBe(engine);
    expect(await engine.step(input)).toMatchObject({ payoutMillionths: 0n });
  });

  it('are played on when their server was gone and is back', async () => {
    const { port, stop } = await serve(first);
    const engine = await remoteEngines().load(versionAt(port));
    await stop();
    expect(await codeOf(() => engine.step(input))).toBe('ENGINE_UNAVAILABLE');
    await serve(first, port);
    expect(await engine.step(input)).toMatchObject({ payoutMillionths: 0n });
  });

  it('are refused while their server has another build, and played on when it has theirs again', async () => {
    const { port, stop } = await serve(first);
    const engines = remoteEngines();
    const engine = await engines.load(versionAt(port));
    await stop();
    const other = await serve(second, port);
    expect(await codeOf(() => engine.step(input))).toBe('HASH_MISMATCH');
    expect(await codeOf(() => engines.load(versionAt(port)))).toBe('HASH_MISMATCH');
    await other.stop();
    await serve(first, port);
    expect(await (await engines.load(versionAt(port))).step(input)).toMatchObject({ payoutMillionths: 0n });
  });

  it('are refused where they were registered under the name of another', async () => {
    const { port } = await serve(first);
    const version = { ...versionAt(port), hash: 'ab'.repeat(32) };
    expect(await codeOf(() => remoteEngines().load(version))).toBe('HASH_MISMATCH');
  });

  it('are reached on a new connection where the old one died in a sleep', async () => {
    const { port } = await serve(first);
    const proxy = await sleepyProxy(port);
    const engine = await remoteEngines().load(versionAt(proxy.port));
    proxy.forgetConnections();
    // The stream of the call before has closed before a sandbox sleeps.
    await delay(50);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 60_000);
    expect(await engine.step(input)).toMatchObject({ payoutMillionths: 0n });
    expect(proxy.connections).toBe(2);
  });

  it('that accept a connection and say nothing are given up at the deadline', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    ended.push(() => silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const before = performance.now();
    expect(await codeOf(() => remoteEngines(300).load(versionAt(port)))).toBe('TIMEOUT');
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

/** Passes bytes on until told to forget: then those connections are silent, as after a long sleep, and new ones work. */
async function sleepyProxy(target: number) {
  const sockets: Socket[] = [];
  const proxy = {
    port: 0,
    connections: 0,
    forgetConnections: () => sockets.splice(0).forEach((s) => s.unpipe()),
  };
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    proxy.connections += 1;
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
    sockets.push(near, far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(() => server.close());
  proxy.port = (server.address() as { port: number }).port;
  return proxy;
}

describe('an engine', () => {
  const hash = hashOf(first);
  const asked: string[] = [];
  const modules = { load: (name: string) => (asked.push(name), loadBytes(first)) };
  const version: EngineVersion = { hash, engineId: 'hostile', buildId: '1.0.0', publishedAtMs: 0 };

  it('that is registered on a server is loaded from there, and its module never asked for', async () => {
    const { port } = await serve(first);
    const remote = versionAt(port);
    const engines = new RoutedEngines({
      modules,
      version: async (name) => (name === remote.hash ? remote : undefined),
      remote: async () => remoteEngines(),
    });
    expect(await engines.load(remote.hash)).toMatchObject({ hash: remote.hash });
    expect(asked).toEqual([]);
  });

  it.each([
    ['registered as a module', version],
    ['not registered', undefined],
  ])('that is %s is loaded as one, and looked up once', async (_, registered) => {
    let looked = 0;
    const engines = new RoutedEngines({
      modules,
      version: async () => ((looked += 1), registered),
      remote: () => Promise.reject(new Error('There are no servers here')),
    });
    expect(await engines.load(hash)).toHaveProperty('hash', hash);
    expect(await engines.load(hash)).toHaveProperty('hash', hash);
    expect(looked).toBe(1);
  });

  it('is found on its server again after what speaks to servers could not be loaded', async () => {
    const { port } = await serve(first);
    const remote = versionAt(port);
    let broken = true;
    const engines = new RoutedEngines({
      modules,
      version: async () => remote,
      remote: async () => {
        if (broken) throw new Error('The file could not be read');
        return remoteEngines();
      },
    });
    await expect(engines.load(remote.hash)).rejects.toThrow('The file could not be read');
    broken = false;
    expect(await engines.load(remote.hash)).toMatchObject({ hash: remote.hash });
  });
});
