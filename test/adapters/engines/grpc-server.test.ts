import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBuiltEngine } from '../../../engines/built-engine.ts';
import type { LoadedEngine } from '../../../shared/engines/host/loaded-engine.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import {
  type GrpcServer,
  type GrpcServerOptions,
  startGrpcServer,
} from '../../../shared/engines/grpc/grpc-server.ts';
import { OtherEngine, otherClient } from '../../../shared/engines/grpc/other-client.fixture.ts';
import { Engine } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';

const id = { env_id: 'happy-panda' };
const seed = new Uint8Array(32);
let engine: LoadedEngine;
let server: GrpcServer | undefined;

beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.stop(0);
});

async function start(options: Partial<GrpcServerOptions> = {}): Promise<GrpcServer> {
  const routes: GrpcServerOptions['routes'] = (router) =>
    router.service(Engine, engineService([servedEngine(engine)]));
  server = await startGrpcServer({ host: 'localhost', port: 0, routes, ...options });
  return server;
}

describe('a server that is told to stop', () => {
  it('lets the calls under way finish, and takes no more', async () => {
    const { port, stop } = await start();
    const stream = otherClient(OtherEngine, port).stream('BatchSimulate', { id, seed, rounds: 300_000 });
    await once(stream, 'readable');
    const stopped = stop(10_000);
    const chunks = await stream.toArray();
    expect(chunks.reduce((rounds, chunk) => rounds + Number(chunk['rounds']), 0)).toBe(300_000);
    await stopped;
    const late = otherClient(OtherEngine, port).call('GetCapabilities', id, 500);
    await expect(late).rejects.toThrow(/UNAVAILABLE|DEADLINE_EXCEEDED/);
  });

  it('ends what has not finished when its time is up', async () => {
    const { port, stop } = await start();
    const endless = { id, seed, rounds: 2 ** 40, chunk_rounds: 1 };
    const stream = otherClient(OtherEngine, port).stream('BatchSimulate', endless);
    await once(stream, 'readable');
    const ended = stream.toArray().catch((error: { code: number }) => error.code);
    await stop(200);
    expect(await ended).toBe(status.UNAVAILABLE);
  });
});

describe('a connection', () => {
  const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');

  it.each([
    ['says nothing at all', Buffer.alloc(0)],
    ['said something once', PREFACE],
  ])('whose peer %s and is gone is given up', async (_, said) => {
    const { port } = await start({ keepaliveMs: 100 });
    const socket = connect(port, 'localhost').on('error', () => undefined);
    socket.resume().write(said);
    await once(socket, 'close', { signal: AbortSignal.timeout(2_000) });
  });

  it('gives its simulation up with its peer', async () => {
    const computed = vi.spyOn(engine, 'withInstance');
    const { port } = await start({ keepaliveMs: 100 });
    const proxy = createServer((near) => {
      const far = connect(port, 'localhost');
      near.pipe(far).on('data', (bytes: Buffer) => {
        near.write(bytes);
        // From the first chunk on the peer is out of reach, and nothing tells the server.
        if (computed.mock.calls.length > 0) near.unpipe(far);
      });
      for (const socket of [near, far]) socket.on('error', () => undefined);
    }).listen(0, 'localhost');
    await once(proxy, 'listening');
    const { port: far } = proxy.address() as AddressInfo;
    const stream = otherClient(OtherEngine, far).stream('BatchSimulate', { id, seed, rounds: 2 ** 40 });
    stream.on('error', () => undefined).resume();
    await once(stream, 'data');
    await delay(500);
    const atTheEnd = computed.mock.calls.length;
    await delay(200);
    expect(computed.mock.calls.length).toBe(atTheEnd);
    stream.cancel();
    proxy.close();
  });

  it('on which nothing is asked is kept for as long as its peer answers', async () => {
    const { port } = await start({ keepaliveMs: 50 });
    const peer = connectHttp2(`http://localhost:${port}`);
    let pings = 0;
    peer.on('ping', () => (pings += 1));
    await vi.waitFor(() => expect(pings).toBeGreaterThan(4), 2_000);
    expect(peer.closed).toBe(false);
    peer.destroy();
  });

  it('beyond the most that there may be is closed at once', async () => {
    const { port } = await start({ maxConnections: 1 });
    const other = otherClient(OtherEngine, port);
    await other.call('GetCapabilities', id);
    const socket = connect(port, 'localhost').on('error', () => undefined);
    await once(socket.resume(), 'close', { signal: AbortSignal.timeout(2_000) });
    expect(await other.call('GetCapabilities', id)).toHaveProperty('max_horizon');
  });
});

describe('a server with a certificate', () => {
  it('serves those who trust it, and nobody in plain text', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'rgs-tls-'));
    const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    await promisify(execFile)('openssl', [...request, ...subject, '-keyout', keyFile, '-out', certFile]);
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);

    const { port } = await start({ tls: { cert, key } });
    const trusting = otherClient(OtherEngine, port, credentials.createSsl(cert));
    expect(await trusting.call('GetCapabilities', id)).toHaveProperty('max_horizon');
    expect(await ownClient(port, certFile)).toBe('happy-panda');
    await rm(folder, { recursive: true });
    expect(await ownClient(port)).toBe('ENGINE_UNAVAILABLE');
    const strangers = [
      otherClient(OtherEngine, port, credentials.createSsl()),
      otherClient(OtherEngine, port),
    ];
    for (const stranger of strangers) {
      await expect(stranger.call('GetCapabilities', id, 1_000)).rejects.toThrow(
        /UNAVAILABLE|DEADLINE_EXCEEDED/,
      );
    }
  });
});

const grpcFolder = path.resolve(import.meta.dirname, '../../../shared/engines/grpc');

/** What our own client makes of the server, in a process that trusts one more certificate. */
async function ownClient(port: number, trusted?: string): Promise<string> {
  const script = `
    const { GrpcChannel } = await import(process.env.HERE + '/grpc-channel.ts');
    const { RemoteEngine } = await import(process.env.HERE + '/remote-engine.ts');
    const channel = new GrpcChannel('https://localhost:${port}', 2_000);
    const asked = { engineId: 'happy-panda', buildId: '', buildHash: '' };
    const found = await RemoteEngine.connect(channel, asked).catch((error) => error);
    console.log(found.capabilities?.engineId ?? found.code);
    channel.close();`;
  const env = { ...process.env, HERE: grpcFolder, NODE_EXTRA_CA_CERTS: trusted ?? '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env,
  });
  return stdout.trim();
}
