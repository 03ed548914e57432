import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { handler as mergeSimulation } from '../../functions/simulation/merge-simulation/handler.ts';
import { handler as simulateShard } from '../../functions/simulation/simulate-shard/handler.ts';
import { decodeShard, encodeShard } from '../../shared/simulation/adapters/shard-record.ts';
import type { ShardResult } from '../../shared/simulation/simulation.ts';
import { FaultError, RgsError } from '../../shared/foundation/errors.ts';
import { ENGINE_HASH, sampleRun, SEED, tasksOf } from '../../shared/simulation/simulation.fixture.ts';
import { MOST_ROUNDS, World } from './composition-in-memory.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, spoilt } from './strings.ts';

vi.mock('../../functions/_runtime/composition.ts', () => import('./composition-in-memory.ts'));
vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
});

type Handler = (event: unknown, context: object, options: object) => Promise<unknown>;

/** The code with which a function refuses what it is invoked with; undefined where it does its work. */
async function codeOf(handler: unknown, input: unknown): Promise<string | undefined> {
  const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 60_000 };
  const options = { signal: new AbortController().signal };
  return (handler as Handler)(input, context, options).then(
    () => undefined,
    (error: unknown) => {
      expect(error).toBeInstanceOf(RgsError);
      return (error as RgsError).code;
    },
  );
}

/** As Lambda does before it invokes a function: what is no JSON never reaches it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function nearly(valid: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant(valid) },
    spoilt(fc.constant(valid)),
    fc.oneof(hostileText, fc.constant(valid.toUpperCase())),
  );
}

function around(...valid: readonly number[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...valid) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>(
        0,
        -1,
        -0,
        0.5,
        1,
        1e9,
        8e11,
        8e11 + 1,
        2 ** 24 + 1,
        2 ** 53,
        1e300,
        '100',
        null,
      ),
    },
  );
}

const simulationId = '7a5b1c9e-3f64-4d0a-9a54-1f2f6a0f3c11';
const named = {
  simulationId: nearly(simulationId),
  engineHash: nearly(ENGINE_HASH),
  seed: nearly(SEED),
  mode: nearly('base'),
};

function isBetween(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isHex64(text: unknown): boolean {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

describe('a shard', () => {
  const tasks = fc.oneof(
    {
      weight: 19,
      arbitrary: mutatedObject({
        ...named,
        first: around(0, 700),
        rounds: around(70, 100),
        partRounds: around(1, 50, 100),
      }),
    },
    { weight: 1, arbitrary: jsonText },
  );

  /** The codes of a refusal, or the task. */
  function expected(input: unknown): readonly string[] | ReturnType<typeof tasksOf>[number] {
    const task = (typeof input === 'object' ? (input ?? {}) : {}) as Readonly<Record<string, unknown>>;
    const { first, rounds, partRounds } = task;
    const isTask =
      Object.keys(task).toSorted().join() === 'engineHash,first,mode,partRounds,rounds,seed,simulationId' &&
      /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(textOf(task['simulationId'])) &&
      isHex64(task['engineHash']) &&
      isHex64(task['seed']) &&
      typeof task['mode'] === 'string' &&
      isBetween(first, 0, 8e11) &&
      isBetween(rounds, 1, 8e11) &&
      isBetween(partRounds, 1, 2 ** 24) &&
      rounds / partRounds <= 10_000;
    if (!isTask) return ['INVALID_REQUEST'];
    if (task['engineHash'] !== ENGINE_HASH) return ['ENGINE_UNAVAILABLE'];
    if (task['mode'] !== 'base') return ['INVALID_REQUEST'];
    return Math.min(rounds, partRounds) > MOST_ROUNDS
      ? ['TIMEOUT']
      : (task as ReturnType<typeof expected> & object);
  }

  it(
    'a shard is simulated as its task says, or refused with a code',
    hostile(tasks, async (text) => {
      const world = await World.open();
      const input = parsed(text);
      const task = expected(input);
      const code = await codeOf(simulateShard, input);
      if (Array.isArray(task)) {
        expect([code, world.simulations.shards.size]).toEqual([(task as readonly string[])[0], 0]);
        return 'refused';
      }
      const { simulationId: _, partRounds, ...asked } = task as ReturnType<typeof tasksOf>[number];
      expect(code).toBeUndefined();
      const shard = await world.simulations.shard('', asked.first);
      // JSON has a zero below zero, which is the same shard.
      expect(shard).toMatchObject({ ...asked, first: asked.first + 0 });
      expect(shard?.tally.rounds).toBe(BigInt(asked.rounds));
      expect(shard?.payouts).toHaveLength(Math.ceil(asked.rounds / partRounds));
      return 'accepted';
    }),
  );

  const integer = fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom<unknown>('0', '7', '18446744073709551616', '9'.repeat(78)) },
    fc.constantFrom<unknown>('-1', '01', '1.5', '1e3', '', '9'.repeat(79), 7, null),
  );
  const counts = {
    rounds: integer,
    hits: integer,
    bonuses: integer,
    bonusSteps: integer,
    basePayout: integer,
    bonusPayout: integer,
    maxWin: integer,
    baseSquares: integer,
    bonusSquares: integer,
    roundSquares: integer,
  };
  const bucket = mutatedOnce({ fromMillionths: integer, rounds: integer });
  const tally = fc
    .tuple(mutatedOnce(counts), fc.array(bucket, { maxLength: 2 }))
    .map(([text, buckets]) => `${text.slice(0, -1)},"histogram":[${buckets.join(',')}]}`);
  const record = fc
    .tuple(
      mutatedOnce({
        format: fc.constantFrom<unknown>(...Array<number>(24).fill(1), 2, '1'),
        engineHash: hostileText,
        seed: hostileText,
        mode: hostileText,
        first: around(0, 1_000),
        rounds: around(1, 1_000),
        payouts: fc.array(integer, { maxLength: 2 }),
      }),
      tally,
    )
    .map(([text, counted]) => `${text.slice(0, -1)},"tally":${counted}}`);

  /** Most of these objects are as they should be: a record has four of them. */
  function mutatedOnce(members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<string> {
    const valid = fc.record(members).map((object) => JSON.stringify(object));
    return fc.oneof({ weight: 9, arbitrary: valid }, { weight: 1, arbitrary: mutatedObject(members) });
  }

  const isInteger = (value: Json | undefined) =>
    typeof value === 'string' && /^(?:0|[1-9][0-9]{0,77})$/.test(value);

  function hasOnly(value: Json | undefined, names: readonly string[]): value is ReadonlyMap<string, Json> {
    if (!(value instanceof Map)) return false;
    const members = value as ReadonlyMap<string, Json>;
    return members.size === names.length && names.every((name) => members.has(name));
  }

  function isShard(value: Json | undefined): boolean {
    const names = ['format', 'engineHash', 'seed', 'mode', 'first', 'rounds', 'payouts', 'tally'];
    if (!hasOnly(value, names)) return false;
    const counted = value.get('tally');
    const [payouts, first, rounds] = ['payouts', 'first', 'rounds'].map((name) => value.get(name));
    if (!hasOnly(counted, [...Object.keys(counts), 'histogram'])) return false;
    const buckets = counted.get('histogram');
    return (
      value.get('format') === 1 &&
      ['engineHash', 'seed', 'mode'].every((name) => typeof value.get(name) === 'string') &&
      isBetween(first, 0, Number.MAX_SAFE_INTEGER) &&
      isBetween(rounds, 1, Number.MAX_SAFE_INTEGER) &&
      Array.isArray(payouts) &&
      (payouts as readonly Json[]).every(isInteger) &&
      Object.keys(counts).every((name) => isInteger(counted.get(name))) &&
      Array.isArray(buckets) &&
      (buckets as readonly Json[]).every(
        (one) => hasOnly(one, ['fromMillionths', 'rounds']) && [...one.values()].every(isInteger),
      )
    );
  }

  it(
    'the record of a shard is read to the last unit, or refused',
    hostile(fc.oneof({ weight: 19, arbitrary: record }, { weight: 1, arbitrary: jsonText }), (text) => {
      const isRead = isShard(text.isWellFormed() ? readStrictly(Buffer.from(text))?.value : undefined);
      if (!isRead) {
        expect(() => decodeShard(text)).toThrow(FaultError);
        expect(() => decodeShard(text)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
        return 'refused';
      }
      expect(JSON.parse(encodeShard(decodeShard(text)))).toEqual(
        JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value)),
      );
      return 'accepted';
    }),
  );
});

describe('the shards of a run', () => {
  const run = sampleRun(400, 100);
  const [, wrong] = tasksOf(run);
  if (!wrong) throw new Error('There is no second shard');

  async function simulated(): Promise<World> {
    const world = await World.open();
    for (const task of tasksOf(run)) expect(await codeOf(simulateShard, task)).toBeUndefined();
    return world;
  }

  const amount = fc.oneof(fc.bigInt(-2n, 600n), fc.constantFrom(3_000_000n, 100n, 2n ** 64n, 10n ** 77n));
  /** Changes what one shard counted, in up to two places. */
  const edit = fc.tuple(
    fc.constantFrom('none', 'none', 'tally', 'bucket', 'buckets', 'payouts', 'other', 'text', 'missing'),
    fc.nat(),
    amount,
    hostileText,
  );
  type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

  function edited(shard: ShardResult, [kind, at, value, text]: Edit): string | undefined {
    const { tally, payouts } = shard;
    const { histogram, ...sums } = tally;
    const name = Object.keys(sums)[at % Object.keys(sums).length] ?? 'rounds';
    const place = at % histogram.length;
    switch (kind) {
      case 'tally':
        return encodeShard({ ...shard, tally: { ...tally, [name]: value } });
      case 'bucket': {
        const held = { fromMillionths: 0n, ...histogram[place], rounds: value };
        return encodeShard({ ...shard, tally: { ...tally, histogram: histogram.with(place, held) } });
      }
      case 'buckets': {
        const other = histogram.map((one) => ({
          ...one,
          fromMillionths: one.fromMillionths + BigInt(at % 2),
        }));
        const cut = at % 3 === 0 ? histogram.slice(0, place) : other;
        return encodeShard({ ...shard, tally: { ...tally, histogram: cut } });
      }
      case 'payouts':
        return encodeShard({
          ...shard,
          payouts: at % 2 === 0 ? [] : payouts.with(at % payouts.length, value),
        });
      case 'other':
        return encodeShard({ ...shard, [['seed', 'mode', 'engineHash'][at % 3] ?? 'seed']: text });
      case 'text':
        return text;
      case 'missing':
        return undefined;
      default:
        return encodeShard(shard);
    }
  }

  const inputs = fc.oneof(
    { weight: 3, arbitrary: fc.constant(JSON.stringify(run)) },
    {
      weight: 1,
      arbitrary: mutatedObject({
        ...named,
        rounds: around(400),
        shardRounds: around(100),
        partRounds: around(4),
        shardsKey: fc.constant(run.shardsKey),
        theory: fc.constantFrom<unknown>(
          { reels: [] },
          { reels: [] },
          { reels: [{}] },
          { exact: {}, reels: [] },
          null,
        ),
      }),
    },
  );

  let honest: string;
  it(
    'a run is added up to what its shards counted, or refused with a code',
    hostile(fc.tuple(edit, inputs), async ([change, input]) => {
      const world = await simulated();
      honest ??= await reportOf(world);
      const shard = await world.simulations.shard('', wrong.first);
      const text = shard && edited(shard, change);
      const isSame = text === world.simulations.shards.get(wrong.first);
      if (text === undefined) world.simulations.shards.delete(wrong.first);
      else world.simulations.shards.set(wrong.first, text);
      world.simulations.reports.length = 0;
      const code = await codeOf(mergeSimulation, parsed(input));
      const [report] = world.simulations.reports;
      if (code !== undefined) {
        expect(report).toBeUndefined();
        expect([
          'INVALID_REQUEST',
          'ENGINE_UNAVAILABLE',
          'SIMULATION_INCOMPLETE',
          'CORRUPT_RECORD',
        ]).toContain(code);
        expect(isSame && input === JSON.stringify(run)).toBe(false);
        return 'refused';
      }
      if (isSame) expect(report?.json).toBe(honest);
      // What no check can tell from a run that went otherwise is still all in figures.
      const { measured } = JSON.parse(report?.json ?? '') as { measured: object };
      expect(JSON.stringify(measured)).not.toContain('null');
      return 'accepted';
    }),
  );

  async function reportOf(world: World): Promise<string> {
    expect(await codeOf(mergeSimulation, run)).toBeUndefined();
    return world.simulations.reports[0]?.json ?? '';
  }
});
