import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../shared/adapters/dynamodb/document-client.ts';
import { engineVersions } from '../../shared/adapters/dynamodb/engine-versions.ts';
import { DynamoGameVersions } from '../../shared/adapters/dynamodb/game-versions.ts';
import { DynamoRegistry } from '../../shared/adapters/dynamodb/registry.ts';
import { engineService } from '../../shared/adapters/grpc/engine-service.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/adapters/grpc/grpc-server.ts';
import { Engine } from '../../shared/adapters/grpc/proto/engine/v1/engine_pb.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { loadParts } from '../../shared/engine-host/hostile-engine.fixture.ts';
import { startTestServices, type TestServices } from '../../test/contracts/local-services.ts';
import { createTable } from '../../test/contracts/start-dynamodb.ts';
import { endpointEnvironment } from '../local/services/endpoints.ts';
import { connectEngine } from './connect-engine.ts';
import { deploymentOf } from './deployment.ts';
import { activateEngine } from './publish-engine.ts';

const deployment = deploymentOf('local', {
  ApiUrl: 'http://127.0.0.1',
  LedgerTable: 'ledger',
  ConfigTable: 'config',
  EnginesBucket: 'engines',
  ArchiveBucket: 'archive',
});
const before = { ...process.env };

let local: TestServices;
let folder: string;
let offerFile: string;
let servers: GrpcServer[];

beforeAll(async () => {
  local = await startTestServices();
  Object.assign(process.env, endpointEnvironment(local.services.endpoints));
  await createTable(documentClient(), 'config');
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-connect-'));
  offerFile = path.join(folder, 'treasure-hunt.json');
  await writeFile(offerFile, JSON.stringify({ title: 'Treasure Hunt', bets: { EUR: ['1.00', '2.00'] } }));
  const engine = await loadParts();
  const routes: Parameters<typeof startGrpcServer>[0]['routes'] = (router) =>
    router.service(Engine, engineService([engine]));
  servers = await Promise.all([1, 2].map(() => startGrpcServer({ host: '127.0.0.1', port: 0, routes })));
}, 60_000);
afterAll(async () => {
  for (const name of Object.keys(endpointEnvironment(local.services.endpoints))) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await Promise.all(servers.map((server) => server.stop(0)));
  await local.stop();
  await rm(folder, { recursive: true, force: true });
});

const urlOf = (index: number) => `http://127.0.0.1:${servers[index]?.port}`;
const connection = () => ({
  gameCode: 'treasure-hunt',
  url: urlOf(0),
  engineId: 'hostile',
  plaintext: false,
});
const game = () => new DynamoRegistry(documentClient(), 'config', systemClock).game('treasure-hunt');
const versionOf = (hash: string) => engineVersions(documentClient(), 'config', systemClock)(hash);

describe('connecting an engine', () => {
  it('asks for the offer of a game that is new', async () => {
    await expect(connectEngine(deployment, connection())).rejects.toThrow('--offer FILE');
    expect(await game()).toBeUndefined();
  });

  it('registers the build and where it is, and activates nothing', async () => {
    const { engine, isNew } = await connectEngine(deployment, { ...connection(), offerFile });
    expect(isNew).toBe(true);
    expect(await versionOf(engine.hash)).toMatchObject({
      engineId: 'hostile',
      buildId: '1.0.0',
      remote: { url: urlOf(0), buildHash: engine.build.buildHash },
    });
    expect(await game()).toBeUndefined();
  });

  it('again moves it to its new address, and offers it as before', async () => {
    const { engine, isNew } = await connectEngine(deployment, { ...connection(), offerFile });
    expect(isNew).toBe(false);
    await activateEngine(deployment, { gameCode: 'treasure-hunt', hash: engine.hash });
    await connectEngine(deployment, { ...connection(), url: `${urlOf(1)}/ignored` });
    expect(await versionOf(engine.hash)).toMatchObject({ remote: { url: urlOf(1) } });
    expect(await game()).toMatchObject({
      title: 'Treasure Hunt',
      engineHash: engine.hash,
      bets: [{ currency: 'EUR', allowedMinor: [100n, 200n] }],
    });
    const versions = new DynamoGameVersions(documentClient(), 'config');
    expect(await versions.versions('treasure-hunt')).toHaveLength(1);
  });

  it.each([
    ['an engine that the server has not', { engineId: 'treasure-hunt' }, /NotFound/],
    ['a server that is not there', { url: 'http://127.0.0.1:9' }, /Unavailable/],
    ['seeds in plain text', { url: 'http://treasure-hunt-engine:50052' }, /unencrypted/],
    ['no address of a server', { url: 'treasure-hunt-engine:50052' }, /Invalid URL/],
    ['no code of a game', { gameCode: 'Treasure Hunt' }, /lower-case/],
  ])('refuses %s', async (_, wrong, message) => {
    await expect(connectEngine(deployment, { ...connection(), ...wrong })).rejects.toThrow(message);
  });
});
