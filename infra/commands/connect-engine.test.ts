import type { ServiceImpl } from '@connectrpc/connect';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineVersions } from '../../shared/games/adapters/engine-versions.ts';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { servedEngine } from '../../shared/engines/host/served-engine.ts';
import { engineService } from '../../shared/engines/grpc/engine-service.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { Engine, type StepRequest } from '../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import {
  CAPABILITIES,
  CONFORMING,
  type EngineParts,
  loadParts,
  PAYING_COUNTERS,
  PAYING_STEP,
} from '../../shared/engines/host/hostile-engine.fixture.ts';
import { connectEngine } from './connect-engine.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { activateEngine } from './publish-engine.ts';
import { configTableOf } from './stage-tables.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const folder = useLocalStage();
let offerFile: string;
let servers: GrpcServer[];

beforeAll(async () => {
  offerFile = path.join(folder(), 'treasure-hunt.json');
  await writeFile(
    offerFile,
    JSON.stringify({ title: 'Treasure Hunt', state: 'fresh', bets: { EUR: ['1.00', '2.00'] } }),
  );
  const engine = await loadParts(CONFORMING);
  const routes: Parameters<typeof startGrpcServer>[0]['routes'] = (router) =>
    router.service(Engine, engineService([servedEngine(engine)]));
  servers = await Promise.all([1, 2].map(() => startGrpcServer({ host: '127.0.0.1', port: 0, routes })));
}, 60_000);
afterAll(() => Promise.all(servers.map((server) => server.stop(0))));

const urlOf = (index: number) => `http://127.0.0.1:${servers[index]?.port}`;
const connection = () => ({
  gameCode: 'treasure-hunt',
  url: urlOf(0),
  engineId: 'hostile',
  plaintext: false,
});
const game = () => new DynamoRegistry(configTableOf(deployment)).game(ids.game('treasure-hunt'));
const versionOf = (hash: string) => engineVersions(configTableOf(deployment))(hash);

describe('connecting an engine', () => {
  it('asks for the offer of a game that is new', async () => {
    await expect(connectEngine(deployment, connection())).rejects.toThrow('--offer FILE');
    expect(await game()).toBeUndefined();
  });

  it('registers the build and where it is, and activates nothing', async () => {
    let played = 0;
    const onSteps = (steps: number) => (played = steps);
    const connected = await connectEngine(deployment, { ...connection(), offerFile, onSteps });
    const { engine, isNew, conformance } = connected;
    expect(isNew).toBe(true);
    expect(conformance).toEqual({ rounds: 500, steps: 500, simulates: true });
    expect(played).toBeGreaterThan(1_000);
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
    await activateEngine(deployment, { gameCode: ids.game('treasure-hunt'), hash: engine.hash });
    await connectEngine(deployment, { ...connection(), url: `${urlOf(1)}/ignored` });
    expect(await versionOf(engine.hash)).toMatchObject({ remote: { url: urlOf(1) } });
    expect(await game()).toMatchObject({
      title: 'Treasure Hunt',
      engineHash: engine.hash,
      bets: [{ currency: 'EUR', allowedMinor: [100n, 200n] }],
    });
    const versions = new DynamoGameVersions(configTableOf(deployment));
    expect(await versions.versions(ids.game('treasure-hunt'))).toHaveLength(1);
  }, 60_000);

  it.each([
    ['an engine that the server has not', { engineId: 'treasure-hunt' }, /NotFound/],
    ['a server that is not there', { url: 'http://127.0.0.1:9' }, /Unavailable/],
    ['seeds in plain text', { url: 'http://treasure-hunt-engine:50052' }, /unencrypted/],
    ['no address of a server', { url: 'treasure-hunt-engine:50052' }, /Invalid URL/],
    ['no code of a game', { gameCode: 'Treasure Hunt' }, /lower-case/],
  ])('refuses %s', async (_, wrong, message) => {
    const asked = { ...connection(), offerFile, ...wrong };
    await expect(connectEngine(deployment, asked)).rejects.toThrow(message);
  });
});

const CALLS = '(global $calls (mut i64) (i64.const 0))';
const COUNT_CALL = '(global.set $calls (i64.add (global.get $calls) (i64.const 1)))';

describe('an engine on a server is not registered', () => {
  const others: GrpcServer[] = [];
  afterAll(async () => {
    await Promise.all(others.map((server) => server.stop(0)));
  });

  async function connectTo(service: ServiceImpl<typeof Engine>): Promise<unknown> {
    const server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      routes: (router) => router.service(Engine, service),
    });
    others.push(server);
    const url = `http://127.0.0.1:${server.port}`;
    return connectEngine(deployment, { ...connection(), gameCode: 'nonconforming', url, offerFile });
  }

  it.each<[string, RegExp, Partial<EngineParts>]>([
    [
      'answers the same step otherwise later',
      /another answer/,
      {
        head: CALLS,
        stepBody: `${COUNT_CALL} ${PAYING_STEP} (i64.store (i32.const 65540) (i64.and (global.get $calls) (i64.const 3)))`,
      },
    ],
    [
      'plays rounds without end',
      /more than the 1 steps/,
      { stepBody: `${PAYING_STEP} (i32.store (i32.const 65548) (i32.const 1))` },
    ],
    ['allows no action', /no action/, { stepBody: '(i32.const -2)' }],
    [
      'fails for a state that no play leads to',
      /Internal/,
      { stepBody: `(if (i32.load (i32.const 40)) (then unreachable)) ${PAYING_STEP}` },
    ],
    [
      'simulates other rounds than it plays',
      /not those that steps play/,
      { simulateBody: `${PAYING_COUNTERS} (i64.store (i32.const 65544) (i64.const 0)) (i32.const 108)` },
    ],
    [
      'returns other than it declares',
      /return 950000 millionths; it declares 949000/,
      {
        capabilities: JSON.stringify({
          ...CAPABILITIES,
          modes: [{ ...CAPABILITIES.modes[0], rtp_millionths: '949000' }],
        }),
      },
    ],
  ])('if it %s', async (_, message, parts) => {
    const service = engineService([servedEngine(await loadParts({ ...CONFORMING, ...parts }))]);
    await expect(connectTo(service)).rejects.toThrow(message);
    const versions = new DynamoGameVersions(configTableOf(deployment));
    expect(await versions.versions(ids.game('nonconforming'))).toEqual([]);
  });

  it.each<[string, (asked: StepRequest, id: StepRequest['id']) => Partial<StepRequest>]>([
    ['an action that it has not', () => ({ action: Uint8Array.of(0) })],
    ['a step without an action', ({ action }) => ({ action: action.length > 0 ? action : Uint8Array.of(0) })],
    ['a step without a seed', ({ seed }) => ({ seed: seed.length > 0 ? seed : new Uint8Array(32) })],
    ['a step of another build', (_, id) => ({ id })],
  ])('if its server does not refuse %s', async (what, lenient) => {
    const engine = await loadParts(CONFORMING);
    const service = engineService([servedEngine(engine)]);
    const refused: StepRequest[] = [];
    const step: typeof service.step = (request, context) => {
      try {
        return service.step?.(request, context) ?? {};
      } catch {
        refused.push(request);
        const id = { ...request.id, buildHash: Buffer.from(engine.hash, 'hex') } as StepRequest['id'];
        return service.step?.({ ...request, ...lenient(request, id) }, context) ?? {};
      }
    };
    await expect(connectTo({ ...service, step })).rejects.toThrow(`does not refuse ${what}`);
    expect(refused.length).toBeGreaterThan(0);
  });
});

it('an engine whose server does not simulate is connected, and it is told that its return was not measured', async () => {
  const { batchSimulate: _, ...service } = engineService([servedEngine(await loadParts(CONFORMING))]);
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    routes: (router) => router.service(Engine, service),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const connected = await connectEngine(deployment, { ...connection(), url, offerFile });
  expect(connected.conformance.simulates).toBe(false);
  await server.stop(0);
});
