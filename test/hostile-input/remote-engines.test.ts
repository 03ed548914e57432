import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { loadBuiltEngine } from '../../engines/built-engine.ts';
import { readCapabilities } from '../../shared/engines/grpc/capabilities-message.ts';
import { servedEngine } from '../../shared/engines/host/served-engine.ts';
import { engineService } from '../../shared/engines/grpc/engine-service.ts';
import type { GrpcChannel } from '../../shared/engines/grpc/grpc-channel.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import {
  CapabilitiesSchema,
  Engine,
  StepResponseSchema,
} from '../../shared/engines/grpc/proto/engine/v1/engine_pb.ts';
import { GetBytesResponseSchema, Random } from '../../shared/engines/grpc/proto/random/v1/random_pb.ts';
import { RemoteEngine } from '../../shared/engines/grpc/remote-engine.ts';
import { RemoteSeeds } from '../../shared/engines/grpc/remote-seeds.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { DependencyError, EngineError } from '../../shared/foundation/errors.ts';
import { parseCapabilities } from '../../shared/engines/capabilities.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText } from './strings.ts';

const MAX_WIN = 5_000_000n;
const buildHash = new Uint8Array(32).fill(7);
const seed = new Uint8Array(32).fill(5);
const described = {
  abi: 1,
  engine_id: 'coin',
  build_id: '1',
  schema_version: 1,
  encoding: { state: 'count:v1', action: 'discrete:v1', view: 'json:v1' },
  action_space: { discrete: [{ name: 'spin', phase: 'base' }] },
  max_horizon: 1,
  modes: [
    {
      name: 'base',
      price_millionths: '1000000',
      rtp_millionths: '950000',
      max_win_millionths: String(MAX_WIN),
    },
  ],
  preferred_batch: 1_000,
};
const said: MessageInitShape<typeof CapabilitiesSchema> = {
  id: { envId: 'coin', buildId: '1', buildHash },
  enc: { state: 'count:v1', action: 'discrete:v1', obs: 'json:v1', schemaVersion: 1 },
  maxHorizon: 1,
  actionSpace: { case: 'discreteN', value: 1 },
  preferredBatch: 1_000,
  capabilitiesJson: Buffer.from(JSON.stringify(described)),
};

/** The error with which an engine's server is given up, or what was read of it. */
async function outcomeOf<T>(reading: Promise<T>): Promise<T | string> {
  return reading.catch((error: unknown) => {
    expect(error).toBeInstanceOf(EngineError);
    return (error as EngineError).code;
  });
}

/** What a server says that answers each step with this. */
function serverAnswering(answer: () => MessageInitShape<typeof StepResponseSchema>) {
  const transport = createRouterTransport(({ service }) => {
    service(Engine, {
      getCapabilities: () => create(CapabilitiesSchema, said),
      step: () => create(StepResponseSchema, answer()),
    });
  });
  const channel = {
    client: (service: typeof Engine) => createClient(service, transport),
    call: <T>(run: (options: object) => Promise<T>) => run({}),
  } as unknown as GrpcChannel;
  return RemoteEngine.connect(channel, {
    engineId: 'coin',
    buildId: '1',
    buildHash: Buffer.from(buildHash).toString('hex'),
  });
}

describe("an engine's server", () => {
  const inner = fc.oneof(
    fc.constant({}),
    fc.dictionary(hostileText, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
  );
  const views = asBytes(
    fc.oneof(
      {
        weight: 9,
        arbitrary: mutatedObject({
          outcome: inner,
          public_state: inner,
          bonus_triggered: fc.oneof(fc.constant(null), inner),
        }),
      },
      { weight: 1, arbitrary: jsonText },
    ),
  );
  const answers = fc.record({
    state: fc.oneof(
      { weight: 9, arbitrary: fc.uint8Array({ maxLength: 16 }) },
      fc.constantFrom(8_192, 8_193).map((size) => new Uint8Array(size)),
    ),
    obs: fc.oneof(
      { weight: 19, arbitrary: views },
      fc.constantFrom(65_536, 65_537).map((size) => Buffer.alloc(size, ' ')),
    ),
    payoutMillionths: fc.oneof(
      { weight: 9, arbitrary: fc.bigInt(0n, MAX_WIN) },
      fc.constantFrom(MAX_WIN + 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
    ),
    bonusActive: fc.boolean(),
    bonusTriggered: fc.boolean(),
    buildHash: fc.oneof(
      { weight: 14, arbitrary: fc.constant(buildHash) },
      fc.constantFrom(new Uint8Array(), new Uint8Array(32), new Uint8Array([...buildHash, 0])),
    ),
  });
  const failures = fc.record({
    code: fc.integer({ min: 1, max: 16 }),
    metadata: fc.oneof(
      fc.constantFrom('OUT_OF_FUEL', 'WALLET_UNAVAILABLE', 'constructor', ''),
      fc.stringMatching(/^[ -~]{0,9}$/),
    ),
  });

  function isView(obs: Uint8Array, bonusTriggered: boolean): boolean {
    const view = readStrictly(obs)?.value;
    // A byte order mark would be part of the record.
    if (!(view instanceof Map) || obs[0] === 0xef || obs.length > 65_536) return false;
    const members = view as ReadonlyMap<string, Json>;
    const bonus = members.get('bonus_triggered');
    return (
      members.size === 3 &&
      members.get('outcome') instanceof Map &&
      members.get('public_state') instanceof Map &&
      (bonus instanceof Map || bonus === null) &&
      (bonus !== null) === bonusTriggered
    );
  }

  it(
    "the answer of an engine's server is played to the last byte, or refused",
    hostile(
      fc.oneof({ weight: 9, arbitrary: answers }, { weight: 1, arbitrary: failures }),
      async (given) => {
        const engine = await serverAnswering(() => {
          if ('obs' in given) return given;
          throw new ConnectError('no', given.code, { 'engine-failure': given.metadata });
        });
        const step = await outcomeOf(engine.step({ state: new Uint8Array(), action: 0, seed, stepIndex: 0 }));
        if (!('obs' in given)) {
          expect(step).toEqual(expect.any(String));
          return 'refused';
        }
        const { state, obs, payoutMillionths, bonusActive, bonusTriggered } = given;
        const isPlayed =
          state.length <= 8_192 &&
          payoutMillionths >= 0n &&
          payoutMillionths <= MAX_WIN &&
          isView(obs, bonusTriggered);
        if (!Buffer.from(given.buildHash).equals(buildHash)) {
          expect([step, engine.replaced]).toEqual(['HASH_MISMATCH', true]);
          return 'refused';
        }
        const view = Buffer.from(obs).toString('utf8');
        expect(step).toEqual(isPlayed ? { state, payoutMillionths, bonusActive, view } : 'BAD_OUTPUT');
        return isPlayed ? 'accepted' : 'refused';
      },
    ),
  );

  const text = (valid: string) => fc.oneof({ weight: 19, arbitrary: fc.constant(valid) }, hostileText);
  const capabilities = fc.record({
    id: fc.oneof(
      {
        weight: 19,
        arbitrary: fc.record({ envId: text('coin'), buildId: text('1'), buildHash: fc.constant(buildHash) }),
      },
      fc.constant(undefined),
    ),
    enc: fc.record({
      state: text('count:v1'),
      action: text('discrete:v1'),
      obs: text('json:v1'),
      schemaVersion: fc.constantFrom(...Array<number>(19).fill(1), 0, 2),
    }),
    maxHorizon: fc.constantFrom(...Array<number>(19).fill(1), 0, 2, 2 ** 32 - 1),
    preferredBatch: fc.constantFrom(...Array<number>(19).fill(1_000), 0, 999, 2 ** 32 - 1),
    actionSpace: fc.oneof(
      { weight: 9, arbitrary: fc.constant({ case: 'discreteN', value: 1 } as const) },
      fc.constantFrom<MessageInitShape<typeof CapabilitiesSchema>['actionSpace']>(
        { case: 'discreteN', value: 2 },
        { case: 'multi', value: { n: [1] } },
        { case: undefined, value: undefined },
      ),
    ),
    capabilitiesJson: asBytes(
      mutatedObject(
        Object.fromEntries(Object.entries(described).map(([name, value]) => [name, fc.constant(value)])),
      ),
    ),
  });
  it(
    'what a server says of its engine is taken as it is written, or refused',
    hostile(capabilities, async (message) => {
      const read = async () =>
        readCapabilities(create(CapabilitiesSchema, message as MessageInitShape<typeof CapabilitiesSchema>));
      const told = await outcomeOf(read());
      if (typeof told === 'string') {
        expect(['UNSUPPORTED_ABI', 'BAD_OUTPUT']).toContain(told);
        return 'refused';
      }
      const { id, enc, maxHorizon, preferredBatch, actionSpace } = message;
      expect(told).toEqual(parseCapabilities(Buffer.from(message.capabilitiesJson).toString('utf8')));
      expect([id?.envId, id?.buildId, enc.state, enc.action, enc.obs]).toEqual([
        told.engineId,
        told.buildId,
        told.stateEncoding,
        'discrete:v1',
        'json:v1',
      ]);
      expect([enc.schemaVersion, maxHorizon, preferredBatch, actionSpace]).toEqual([
        1,
        told.maxHorizon,
        told.preferredBatch,
        { case: 'discreteN', value: told.actions.length },
      ]);
      return 'accepted';
    }),
  );
});

describe('a source of seeds', () => {
  let server: GrpcServer;
  let seeds: RemoteSeeds;
  let answer: (requestId: string) => MessageInitShape<typeof GetBytesResponseSchema>;
  let last: Uint8Array | undefined;
  beforeAll(async () => {
    server = await startGrpcServer({
      host: 'localhost',
      port: 0,
      routes: ({ service }) =>
        service(Random, { getBytes: ({ requestId }) => create(GetBytesResponseSchema, answer(requestId)) }),
    });
    seeds = new RemoteSeeds(`http://localhost:${server.port}`, 60_000, systemRandom);
    answer = (requestId) => ({ requestId, data: systemRandom.bytes(32) });
    last = await seeds.seed();
  });
  afterAll(async () => {
    seeds.close();
    await server.stop(0);
  });

  const drawn = fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) },
    { weight: 1, arbitrary: fc.constant(new Uint8Array(32)) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    // Of the codes that are tried again after a pause, none.
    { weight: 1, arbitrary: fc.constantFrom(Code.Internal, Code.NotFound, Code.ResourceExhausted) },
  );
  const ids = fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    hostileText.map((id) => id.toWellFormed()),
  );

  it(
    'a seed is the bytes that a server drew for this request, or there is none',
    hostile(fc.tuple(drawn, ids), async ([data, otherId]) => {
      answer = (requestId) => {
        if (typeof data === 'number') throw new ConnectError('no', data);
        return { requestId: otherId ?? requestId, data };
      };
      const read = await seeds.seed().catch((error: unknown) => {
        expect(error).toBeInstanceOf(DependencyError);
        expect(error).toHaveProperty('code', 'SERVICE_UNAVAILABLE');
        return undefined;
      });
      const isStuck = typeof data !== 'number' && last !== undefined && Buffer.from(last).equals(data);
      const isSeed = typeof data !== 'number' && data.length === 32 && otherId === undefined && !isStuck;
      expect(read && Buffer.from(read)).toEqual(isSeed ? Buffer.from(data) : undefined);
      if (isSeed) last = data;
      return isSeed ? 'accepted' : 'refused';
    }),
  );
});

describe('the service of an engine', () => {
  let engine: LoadedEngine;
  let first: Uint8Array;
  beforeAll(async () => {
    engine = await loadBuiltEngine('happy-panda');
    first = engine.reset().state;
  });

  const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(8_193)));
  const codes = new Set([Code.NotFound, Code.FailedPrecondition, Code.InvalidArgument]);
  const requests = fc.record({
    envId: fc.oneof(
      { weight: 9, arbitrary: fc.constant('happy-panda') },
      hostileText.map((id) => id.toWellFormed()),
    ),
    buildId: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constantFrom('1', '__proto__')),
    buildHash: fc.oneof({ weight: 9, arbitrary: fc.constant(new Uint8Array()) }, bytes),
    state: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, bytes),
    action: fc.oneof({ weight: 9, arbitrary: fc.constant(Uint8Array.of(0)) }, bytes),
    seed: fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }) }, bytes),
    stepIndex: fc.oneof(
      { weight: 9, arbitrary: fc.bigInt(0n, 2n ** 53n - 1n) },
      fc.bigInt(2n ** 53n, 2n ** 64n - 1n),
    ),
    rounds: fc.oneof(
      { weight: 9, arbitrary: fc.bigInt(1n, 50n) },
      fc.constantFrom(0n, 2n ** 48n, 2n ** 64n - 1n),
    ),
    firstRound: fc.oneof(
      { weight: 9, arbitrary: fc.bigInt(0n, 1_000n) },
      fc.constantFrom(2n ** 48n - 1n, 2n ** 64n - 1n),
    ),
    mode: fc.constantFrom(...Array<number>(19).fill(0), 1, 2 ** 32 - 1),
  });

  async function answered<T>(asking: Promise<T>): Promise<T | undefined> {
    return asking.catch((error: unknown) => {
      expect(error).toBeInstanceOf(ConnectError);
      expect(codes).toContain((error as ConnectError).code);
      return undefined;
    });
  }

  it(
    'a step asked of the service is the one that the engine makes, or is refused with a status',
    hostile(requests, async ({ envId, buildId, buildHash: hash, state = first, action, ...request }) => {
      const transport = createRouterTransport(
        ({ service }) => void service(Engine, engineService([servedEngine(engine)])),
      );
      const client = createClient(Engine, transport);
      const id = { envId, buildId, buildHash: hash };
      const { rounds, firstRound, mode } = request;
      // More than some chunks of a long run say nothing new.
      const enough = rounds < 50n ? rounds : 50n;
      const [step, simulated] = await Promise.all([
        answered(client.step({ id, state, action, seed: request.seed, stepIndex: request.stepIndex })),
        answered(roundsOf(client.batchSimulate({ id, ...request, chunkRounds: 20 }), firstRound, enough)),
      ]);
      const isKnown = envId === 'happy-panda' && buildId === '' && hash.length === 0;
      const isRun =
        isKnown &&
        request.seed.length === 32 &&
        rounds > 0n &&
        firstRound + rounds <= 2n ** 48n &&
        mode === 0;
      if (isRun) expect(simulated).toBeGreaterThanOrEqual(enough);
      else expect(simulated).toBeUndefined();
      if (isRun && rounds <= 50n) expect(simulated).toBe(rounds);
      if (!isKnown || action.length !== 1 || request.stepIndex >= 2n ** 53n) {
        expect(step).toBeUndefined();
        return 'refused';
      }
      const input = {
        state,
        action: action[0] ?? 0,
        seed: request.seed,
        stepIndex: Number(request.stepIndex),
      };
      const made = await outcomeOf((async () => engine.step(input))());
      if (typeof made === 'string') {
        expect(step).toBeUndefined();
        return 'refused';
      }
      expect([step?.payoutMillionths, Buffer.from(step?.obs ?? []).toString()]).toEqual([
        made.payoutMillionths,
        made.view,
      ]);
      expect(Buffer.from(step?.state ?? []).equals(made.state)).toBe(true);
      return 'accepted';
    }),
  );

  /** How many rounds the chunks have counted when they are enough, each beginning where the one before it ended. */
  async function roundsOf(
    chunks: AsyncIterable<{ readonly firstRound: bigint; readonly rounds: bigint }>,
    firstRound: bigint,
    enough: bigint,
  ): Promise<bigint> {
    let counted = 0n;
    for await (const chunk of chunks) {
      expect(chunk.firstRound).toBe(firstRound + counted);
      counted += chunk.rounds;
      if (counted >= enough) break;
    }
    return counted;
  }
});
