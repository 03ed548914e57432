import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBuiltEngine } from '../../../engines/built-engine.ts';
import type { LoadedEngine } from '../../engine-host/loaded-engine.ts';
import { engineService } from './engine-service.ts';
import { type GrpcServer, type GrpcServerOptions, startGrpcServer } from './grpc-server.ts';
import { OtherEngine, otherClient } from './other-client.fixture.ts';
import { Engine } from './proto/engine/v1/engine_pb.ts';

const id = { env_id: 'happy-panda' };
const seed = new Uint8Array(32);
let engine: LoadedEngine;
let server: GrpcServer | undefined;

beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
});
afterEach(() => server?.stop(0));

async function start(tls?: GrpcServerOptions['tls']): Promise<GrpcServer> {
  const routes: GrpcServerOptions['routes'] = (router) => router.service(Engine, engineService([engine]));
  server = await startGrpcServer({ host: 'localhost', port: 0, routes, tls });
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

describe('a server with a certificate', () => {
  it('serves those who trust it, and nobody in plain text', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'rgs-tls-'));
    const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    await promisify(execFile)('openssl', [...request, ...subject, '-keyout', keyFile, '-out', certFile]);
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);

    const { port } = await start({ cert, key });
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
  const env = { ...process.env, HERE: import.meta.dirname, NODE_EXTRA_CA_CERTS: trusted ?? '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env,
  });
  return stdout.trim();
}
