import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBuiltEngine } from '../../../engines/built-engine.ts';
import { CAPABILITIES, codeOf, VIEW } from '../../../shared/engines/host/hostile-engine.fixture.ts';
import type { LoadedEngine } from '../../../shared/engines/host/loaded-engine.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import { GrpcChannel } from '../../../shared/engines/grpc/grpc-channel.ts';
import { startGrpcServer } from '../../../shared/engines/grpc/grpc-server.ts';
import { type OtherMethods, startOtherServer } from '../../../shared/engines/grpc/other-server.fixture.ts';
import { Engine } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { RemoteEngine } from '../../../shared/engines/grpc/remote-engine.ts';

const seed = new Uint8Array(32).fill(5);
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function channelTo(url: string, timeoutMs = 2_000): GrpcChannel {
  const channel = new GrpcChannel(url, timeoutMs);
  ended.unshift(() => channel.close());
  return channel;
}

describe('a remote engine', () => {
  let local: LoadedEngine;
  beforeAll(async () => {
    local = await loadBuiltEngine('happy-panda');
  });

  it('answers byte for byte as the same engine does here', async () => {
    const routes: Parameters<typeof startGrpcServer>[0]['routes'] = (router) =>
      router.service(Engine, engineService([servedEngine(local)]));
    const { port, stop } = await startGrpcServer({ host: 'localhost', port: 0, routes });
    ended.push(() => stop(0));
    const { engineId, buildId } = local.capabilities;
    const build = { engineId, buildId, buildHash: local.hash };
    const remote = await RemoteEngine.connect(channelTo(`http://localhost:${port}`), build);
    expect(remote.capabilities).toEqual(local.capabilities);
    const first = local.reset();
    expect(await remote.reset()).toEqual(first);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (key) => {
        let [{ state, bonusActive }, stepIndex] = [first, 0];
        do {
          const input = { state, action: bonusActive ? 1 : 0, seed: key, stepIndex: stepIndex++ };
          const made = local.step(input);
          expect(await remote.step(input)).toEqual(made);
          ({ state, bonusActive } = made);
        } while (bonusActive);
      }),
      { numRuns: 60 },
    );
    const foreign = { state: seed, action: 0, seed, stepIndex: 0 };
    expect(await codeOf(() => remote.step(foreign))).toBe(await codeOf(() => local.step(foreign)));
    const unknown = { ...foreign, action: 9 };
    expect(await codeOf(() => remote.step(unknown))).toBe(await codeOf(() => local.step(unknown)));
  });
});

const buildHash = Buffer.alloc(32, 7);
const told = {
  id: { env_id: 'hostile', build_id: '1.0.0', build_hash: buildHash },
  enc: { state: 'bytes:v1', action: 'discrete:v1', obs: 'json:v1', schema_version: 1 },
  max_horizon: 1,
  discrete_n: 1,
  preferred_batch: 1000,
  capabilities_json: Buffer.from(JSON.stringify(CAPABILITIES)),
};
const shown = { state: Buffer.of(1), obs: Buffer.from(VIEW), build_hash: buildHash };
const stepped = { ...shown, payout_millionths: '5000000', bonus_active: false, bonus_triggered: false };
const build = { engineId: 'hostile', buildId: '1.0.0', buildHash: buildHash.toString('hex') };

async function connectTo(methods: Partial<OtherMethods> = {}, timeoutMs?: number): Promise<RemoteEngine> {
  const server = await startOtherServer({
    GetCapabilities: () => told,
    Reset: () => shown,
    Step: () => stepped,
    ...methods,
  });
  ended.push(() => server.stop());
  return RemoteEngine.connect(channelTo(server.url, timeoutMs), build);
}

const step = (engine: RemoteEngine) =>
  engine.step({ state: new Uint8Array(), action: 0, seed, stepIndex: 0 });

describe('the server of another library', () => {
  it('is played, up to the largest win that the engine declares', async () => {
    const engine = await connectTo();
    expect(await step(engine)).toEqual({
      state: new Uint8Array([1]),
      payoutMillionths: 5_000_000n,
      bonusActive: false,
      view: VIEW,
    });
    expect(await engine.reset()).toMatchObject({ payoutMillionths: 0n, bonusActive: false, view: VIEW });
  });

  it('gets the seed, the state, the action and the build that the step is to be made of', async () => {
    const asked: unknown[] = [];
    const engine = await connectTo({ Step: (request) => (asked.push(request), stepped) });
    await engine.step({ state: Uint8Array.of(1, 2), action: 0, seed, stepIndex: 2 ** 40 });
    expect(asked).toEqual([
      {
        id: told.id,
        state: Buffer.of(1, 2),
        action: Buffer.of(0),
        seed: Buffer.from(seed),
        step_index: String(2 ** 40),
      },
    ]);
  });

  it.each([
    ['pays more than the game can', { payout_millionths: '5000001' }],
    ['pays less than nothing', { payout_millionths: '-1' }],
    ['shows what is no JSON', { obs: Buffer.from('{') }],
    ['shows what is no UTF-8', { obs: Buffer.of(0xff) }],
    ['shows too little', { obs: Buffer.from('{"outcome":{},"public_state":{}}') }],
    ['tells of a bonus that it does not show', { bonus_triggered: true }],
    ['shows a bonus that it does not tell of', { obs: Buffer.from(VIEW.replace('null', '{}')) }],
    ['leaves a state that is too large', { state: Buffer.alloc(8_193) }],
    ['shows too much', { obs: Buffer.from(VIEW.replace('{}', `{"a":"${'a'.repeat(65_536)}"}`)) }],
  ])('is not believed where it %s', async (_, lie) => {
    const engine = await connectTo({ Step: () => ({ ...stepped, ...lie }) });
    expect(await codeOf(() => step(engine))).toBe('BAD_OUTPUT');
  });

  it('is not believed about a first state that triggers a bonus', async () => {
    const obs = Buffer.from(VIEW.replace('null', '{}'));
    const engine = await connectTo({ Reset: () => ({ ...shown, obs }) });
    expect(await codeOf(() => engine.reset())).toBe('BAD_OUTPUT');
  });

  it.each<[string, string, object]>([
    ['describes itself in no JSON', 'BAD_OUTPUT', { capabilities_json: Buffer.from('{') }],
    ['describes another engine', 'BAD_OUTPUT', { id: { ...told.id, env_id: 'other' } }],
    ['has more actions than it names', 'BAD_OUTPUT', { discrete_n: 2 }],
    ['has rounds of another length', 'BAD_OUTPUT', { max_horizon: 2 }],
    ['prefers other batches than it writes', 'BAD_OUTPUT', { preferred_batch: 1001 }],
    ['prefers no batches', 'BAD_OUTPUT', { preferred_batch: 0 }],
    ['has a later schema', 'UNSUPPORTED_ABI', { enc: { ...told.enc, schema_version: 2 } }],
    ['tells no schema', 'UNSUPPORTED_ABI', { enc: { ...told.enc, schema_version: 0 } }],
    ['tells no build', 'BAD_OUTPUT', { id: { ...told.id, build_hash: Buffer.alloc(31) } }],
    ['has another build', 'HASH_MISMATCH', { id: { ...told.id, build_hash: Buffer.alloc(32) } }],
    ['takes numbers of many kinds', 'UNSUPPORTED_ABI', { discrete_n: undefined, multi: { n: [2, 2] } }],
    ['takes real numbers', 'UNSUPPORTED_ABI', { discrete_n: undefined, continuous: { low: [0], high: [1] } }],
    ['encodes actions in another way', 'UNSUPPORTED_ABI', { enc: { ...told.enc, action: 'text:v1' } }],
  ])('is refused where it %s', async (_, code, lie) => {
    expect(await codeOf(() => connectTo({ GetCapabilities: () => ({ ...told, ...lie }) }))).toBe(code);
  });

  it('is refused when an answer comes from another build, and says so until it is asked anew', async () => {
    const engine = await connectTo({ Step: () => ({ ...stepped, build_hash: Buffer.alloc(32, 8) }) });
    expect(engine.replaced).toBe(false);
    expect(await codeOf(() => step(engine))).toBe('HASH_MISMATCH');
    expect(engine.replaced).toBe(true);
  });

  it('is given up at the deadline, which it was told', async () => {
    const engine = await connectTo({ Step: () => undefined }, 250);
    const before = performance.now();
    expect(await codeOf(() => step(engine))).toBe('TIMEOUT');
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(await engine.reset()).toMatchObject({ view: VIEW });
  });

  it.each([
    ['CANCELLED', 'ENGINE_UNAVAILABLE'],
    ['UNKNOWN', 'ENGINE_TRAP'],
    ['INVALID_ARGUMENT', 'ENGINE_REJECTED'],
    ['DEADLINE_EXCEEDED', 'TIMEOUT'],
    ['NOT_FOUND', 'HASH_MISMATCH'],
    ['ALREADY_EXISTS', 'ENGINE_TRAP'],
    ['PERMISSION_DENIED', 'ENGINE_UNAVAILABLE'],
    ['RESOURCE_EXHAUSTED', 'ENGINE_UNAVAILABLE'],
    ['FAILED_PRECONDITION', 'HASH_MISMATCH'],
    ['ABORTED', 'ENGINE_UNAVAILABLE'],
    ['OUT_OF_RANGE', 'ENGINE_REJECTED'],
    ['UNIMPLEMENTED', 'UNSUPPORTED_ABI'],
    ['INTERNAL', 'ENGINE_TRAP'],
    ['UNAVAILABLE', 'ENGINE_UNAVAILABLE'],
    ['DATA_LOSS', 'BAD_OUTPUT'],
    ['UNAUTHENTICATED', 'ENGINE_UNAVAILABLE'],
  ] as const)('that answers %s is an %s', async (name, code) => {
    let calls = 0;
    const engine = await connectTo({ Step: () => ((calls += 1), { status: status[name] }) });
    expect(await codeOf(() => step(engine))).toBe(code);
    expect(calls).toBe(['CANCELLED', 'ABORTED', 'UNAVAILABLE'].includes(name) ? 2 : 1);
  });

  it('is asked once more where it is not available for a moment', async () => {
    const answers = [{ status: status.UNAVAILABLE }, stepped];
    const engine = await connectTo({ Step: () => answers.shift() });
    expect(await step(engine)).toMatchObject({ payoutMillionths: 5_000_000n });
  });
});

describe('where nobody listens', () => {
  it('the engine is not available', async () => {
    const { url, stop } = await startOtherServer({
      GetCapabilities: () => told,
      Reset: () => shown,
      Step: () => stepped,
    });
    stop();
    expect(await codeOf(() => RemoteEngine.connect(channelTo(url), build))).toBe('ENGINE_UNAVAILABLE');
  });
});
