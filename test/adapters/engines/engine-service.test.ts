import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBuiltEngine } from '../../../engines/built-engine.ts';
import type { LoadedEngine } from '../../../shared/engines/host/loaded-engine.ts';
import { CAPABILITIES, loadParts } from '../../../shared/engines/host/hostile-engine.fixture.ts';
import { simulate } from '../../../shared/engines/host/simulation.ts';
import { servedEngine } from '../../../shared/engines/host/served-engine.ts';
import { engineService } from '../../../shared/engines/grpc/engine-service.ts';
import { type GrpcServer, startGrpcServer } from '../../../shared/engines/grpc/grpc-server.ts';
import {
  OtherEngine,
  type OtherMessage,
  otherClient,
} from '../../../shared/engines/grpc/other-client.fixture.ts';
import { Engine } from '../../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';

const id = { env_id: 'happy-panda' };
const seed = new Uint8Array(32).fill(9);
let engine: LoadedEngine;
let server: GrpcServer;
beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
  server = await startGrpcServer({
    host: 'localhost',
    port: 0,
    routes: (router) => router.service(Engine, engineService([servedEngine(engine)])),
  });
});
afterAll(() => server.stop(0));
afterEach(() => void vi.restoreAllMocks());

const client = () => otherClient(OtherEngine, server.port);
const hash = () => Buffer.from(engine.hash, 'hex');

describe('a client of another library', () => {
  it('reads what the engine says of itself', async () => {
    const { buildId: build_id, ...told } = engine.capabilities;
    expect(await client().call('GetCapabilities', id)).toMatchObject({
      id: { env_id: 'happy-panda', build_id, build_hash: hash() },
      enc: { state: told.stateEncoding, action: 'discrete:v1', obs: 'json:v1', schema_version: 1 },
      max_horizon: told.maxHorizon,
      discrete_n: told.actions.length,
      preferred_batch: told.preferredBatch,
      capabilities_json: engine.withInstance((instance) =>
        Buffer.from(instance.output.slice(0, instance.describe())),
      ),
    });
  });

  it('gets the bytes that the engine answers here', async () => {
    const other = client();
    const first = engine.reset();
    expect(await other.call('Reset', { id, seed: new Uint8Array(32) })).toEqual({
      state: Buffer.from(first.state),
      obs: Buffer.from(first.view),
      build_hash: hash(),
    });
    const steps = fc.tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(10));
    await fc.assert(
      fc.asyncProperty(steps, async ([key, stepIndex]) => {
        let { state, bonusActive } = engine.reset();
        do {
          const action = bonusActive ? 1 : 0;
          const made = engine.step({ state, action, seed: key, stepIndex });
          const request = { id, state, action: Uint8Array.of(action), seed: key, step_index: stepIndex };
          expect(await other.call('Step', request)).toEqual({
            state: Buffer.from(made.state),
            obs: Buffer.from(made.view),
            payout_millionths: String(made.payoutMillionths),
            bonus_active: made.bonusActive,
            bonus_triggered: JSON.parse(made.view).bonus_triggered !== null,
            build_hash: hash(),
          });
          ({ state, bonusActive } = made);
        } while (bonusActive);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, string, string, () => OtherMessage]>([
    ['another engine', 'GetCapabilities', 'NOT_FOUND', () => ({ env_id: 'sad-panda' })],
    ['no engine at all', 'Step', 'NOT_FOUND', () => ({})],
    ['another build', 'GetCapabilities', 'FAILED_PRECONDITION', () => ({ ...id, build_id: '0.0.1' })],
    [
      'a build of other bytes',
      'Step',
      'FAILED_PRECONDITION',
      () => ({ id: { ...id, build_hash: new Uint8Array(32) } }),
    ],
    ['an action that does not exist', 'Step', 'INVALID_ARGUMENT', () => spin({ action: Uint8Array.of(9) })],
    ['no action', 'Step', 'INVALID_ARGUMENT', () => spin({ action: new Uint8Array() })],
    ['two actions', 'Step', 'INVALID_ARGUMENT', () => spin({ action: Uint8Array.of(0, 0) })],
    ['a short seed', 'Step', 'INVALID_ARGUMENT', () => spin({ seed: seed.subarray(1) })],
    ['a state that no play leads to', 'Step', 'INVALID_ARGUMENT', () => spin({ state: seed })],
    [
      'a step beyond all counting',
      'Step',
      'INVALID_ARGUMENT',
      () => spin({ step_index: '9007199254740992' }),
    ],
    ['a reset with chance in it', 'Reset', 'INVALID_ARGUMENT', () => ({ id, seed })],
    [
      'a reset of its own making',
      'Reset',
      'INVALID_ARGUMENT',
      () => ({ id, seed: new Uint8Array(32), hint: seed }),
    ],
    [
      'a message larger than any',
      'Step',
      'RESOURCE_EXHAUSTED',
      () => spin({ state: new Uint8Array(200_000) }),
    ],
  ])('is refused %s', async (_, method, status, request) => {
    await expect(client().call(method, request())).rejects.toThrow(status);
  });

  it('plays the build that it names, of several', async () => {
    const capabilities = JSON.stringify({ ...CAPABILITIES, engine_id: 'happy-panda', build_id: '0.9.0' });
    const older = await loadParts({ capabilities });
    const both = await startGrpcServer({
      host: 'localhost',
      port: 0,
      routes: (router) => router.service(Engine, engineService([engine, older].map(servedEngine))),
    });
    const other = otherClient(OtherEngine, both.port);
    const buildOf = async (asked: OtherMessage) => (await other.call('GetCapabilities', asked))['id'];
    expect(await buildOf(id)).toMatchObject({ build_hash: hash() });
    const build_hash = Buffer.from(older.hash, 'hex');
    expect(await buildOf({ ...id, build_hash })).toMatchObject({ build_id: '0.9.0', build_hash });
    expect(await buildOf({ ...id, build_id: '0.9.0' })).toMatchObject({ build_hash });
    await both.stop(0);
  });
});

function spin(overrides: OtherMessage): OtherMessage {
  return { id, state: engine.reset().state, action: Uint8Array.of(0), seed, ...overrides };
}

describe('a simulation', () => {
  it('comes in chunks that add up to the whole', async () => {
    const whole = simulate(engine, { seed, first: 7n, rounds: 5_000 });
    const request = { id, seed, first_round: 7, rounds: 5_000, chunk_rounds: 700 };
    const chunks = await client().stream('BatchSimulate', request).toArray();
    for (let [index, next] = [0, 7]; index < chunks.length; index += 1) {
      expect(Number(chunks[index]?.['first_round'])).toBe(next);
      expect(Number(chunks[index]?.['rounds'])).toBeLessThanOrEqual(700);
      next += Number(chunks[index]?.['rounds']);
    }
    const sum = (name: string) => chunks.reduce((total, chunk) => total + BigInt(String(chunk[name])), 0n);
    const squares = (name: string) =>
      chunks.reduce((total, chunk) => {
        const { high, low } = chunk[name] as { high: string; low: string };
        return total + (BigInt(high) << 64n) + BigInt(low);
      }, 0n);
    expect({
      rounds: sum('rounds'),
      hits: sum('hits'),
      bonuses: sum('bonuses'),
      bonusSteps: sum('bonus_steps'),
      basePayout: sum('base_payout'),
      bonusPayout: sum('bonus_payout'),
      maxWin: chunks.map(({ max_win }) => BigInt(String(max_win))).reduce((a, b) => (a > b ? a : b)),
      baseSquares: squares('base_squares'),
      bonusSquares: squares('bonus_squares'),
      roundSquares: squares('round_squares'),
      histogram: histogramOf(chunks),
    }).toEqual({
      ...whole,
      histogram: Object.fromEntries(
        whole.histogram.map(({ fromMillionths, rounds }) => [String(fromMillionths), Number(rounds)]),
      ),
    });
  });

  it('is computed no faster than it is read, and to its end when it is', async () => {
    const computed = vi.spyOn(engine, 'withInstance');
    const rounds = 6_000;
    const stream = client().stream('BatchSimulate', { id, seed, rounds, chunk_rounds: 1 });
    await once(stream, 'readable');
    const ahead = await settled(() => computed.mock.calls.length);
    expect(ahead).toBeLessThan(rounds / 4);
    expect(await stream.toArray()).toHaveLength(rounds);
    expect(computed.mock.calls.length).toBe(rounds);
  }, 120_000);

  it('ends when its reader goes away', async () => {
    const computed = vi.spyOn(engine, 'withInstance');
    const stream = client().stream('BatchSimulate', { id, seed, rounds: 100_000, chunk_rounds: 1 });
    stream.on('error', () => undefined);
    await once(stream, 'readable');
    stream.cancel();
    expect(await settled(() => computed.mock.calls.length)).toBeLessThan(50_000);
  });

  it('ends at the deadline, and tells a part from the whole', async () => {
    const computed = vi.spyOn(engine, 'withInstance');
    const request = { id, seed, rounds: 2 ** 40 };
    const read = client().stream('BatchSimulate', request, 300).toArray();
    await expect(read).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const atTheEnd = await settled(() => computed.mock.calls.length);
    expect(atTheEnd).toBeGreaterThan(0);
  });

  it('leaves the server free for a step', async () => {
    const other = client();
    const stream = other.stream('BatchSimulate', { id, seed, rounds: 3_000_000 });
    stream.on('error', () => undefined);
    stream.resume();
    await once(stream, 'data');
    await other.call('Step', spin({}));
    expect(stream.readableEnded).toBe(false);
    stream.cancel();
  });

  it.each([
    ['no rounds', { rounds: 0 }],
    ['rounds beyond the last', { first_round: '281474976710655', rounds: 2 }],
    ['another engine', { rounds: 1, id: { env_id: 'sad-panda' } }],
    ['a mode that it has not', { rounds: 1, mode: 1 }],
    ['a mode beyond a byte', { rounds: 1, mode: 256 }],
    ['a short seed', { rounds: 1, seed: seed.subarray(1) }],
  ])('of %s is refused', async (_, overrides) => {
    const stream = client().stream('BatchSimulate', { id, seed, ...overrides });
    const [{ code }] = (await once(stream.resume(), 'error').catch((error: unknown) => [error])) as [
      { code: number },
    ];
    expect([3, 5]).toContain(code);
  });
});

function histogramOf(chunks: readonly OtherMessage[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { histogram } of chunks as readonly {
    histogram: { from_millionths: string; rounds: string }[];
  }[])
    for (const { from_millionths, rounds } of histogram)
      counted[from_millionths] = (counted[from_millionths] ?? 0) + Number(rounds);
  return counted;
}

/** The value once it has stayed the same for a while. */
async function settled(read: () => number): Promise<number> {
  for (let before = -1, same = 0; ; ) {
    const now = read();
    same = now === before ? same + 1 : 0;
    if (same === 6) return now;
    before = now;
    await delay(25);
  }
}
