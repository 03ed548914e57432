/** `npm run bench:engines`: what fuel, the sandbox and the host cost, each as a ratio within one run. */
import { availableParallelism, cpus } from 'node:os';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import { metrics, telemetry } from '../../functions/_runtime/observability.ts';
import type { EngineMeasure } from '../../shared/foundation/telemetry.ts';
import { buildEngine } from '../../engines/build.ts';
import { builtArtefact } from '../../engines/built-engine.ts';
import { simulateOnThreads } from '../../engines/certification/run.ts';
import { compileRaw, RawEngine, stepBytes } from '../../engines/raw-engine.ts';
import { compileNative, countersOf, type NativeProgram } from './native.ts';

const seed = new Uint8Array(32).fill(11);
const ROUNDS = 1_000_000;
const DIFFERENT_STEPS = 32;
const CALLS = 4_000;
const METRIC_CALLS = 50_000;
const INSTANCES = 300;
/** So many that it hardly matters how long threads take to begin. */
const SCALING_ROUNDS = 32 * ROUNDS;
const SCALING_TURNS = 3;
/** Taken in turn, so that a slow moment of the machine does not fall on one of them alone. */
const TURNS = 9;

/** What must hold, and which way round. Ratios and differences within this run, never times of one machine alone. */
const targets: readonly (readonly [name: string, holds: (value: number) => boolean, wanted: string])[] = [
  ['simulated round with fuel, times native', (times) => times <= 1.8, 'at most 1.8'],
  ['fuel, share of a simulated round', (share) => share <= 0.15, 'at most 0.15'],
  ['host step beyond the engine, nanoseconds', (ns) => ns < 1_000, 'below 1000'],
  ['two threads, share of the gain of two processes in C', (share) => share >= 0.95, 'at least 0.95'],
];

let lastMeasure = 0;

type Figures = Readonly<Record<string, number>>;

const { wasm, hash } = await builtArtefact('happy-panda');
const engine = await new EngineHost(
  { fetch: async () => wasm },
  { telemetry: { measure: keepMeasure, countFailure: () => undefined } },
).load(hash);
const raw = new RawEngine(await compileRaw((await buildEngine('happy-panda')).path));
const expected = simulate(engine, { seed, first: 0n, rounds: ROUNDS });

/** Measures and prints the figures. @returns the exit code: 1 where a target is missed */
export async function benchEngines(): Promise<number> {
  const native = await compileNative(expected).catch((error: unknown) => {
    console.log(`The C program does not compile: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  try {
    console.log(
      `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; ${native?.compiler ?? 'nothing in C'}`,
    );
    const figures = {
      ...(await perRound(native)),
      ...(await perStep()),
      ...perStepMetrics(),
      ...(await perLoad()),
      ...(await scaling(native)),
    };
    for (const [name, value] of Object.entries(figures))
      console.log(`${value.toFixed(value < 10 ? 3 : 0).padStart(10)}  ${name}`);
    if (!(lastMeasure > 0)) throw new Error('The host measured no step');
    return judge(figures) === 0 ? 0 : 1;
  } finally {
    await native?.remove();
  }
}

/** @returns how many targets are missed; one that could not be measured is not, and the last line counts it */
function judge(figures: Figures): number {
  const verdicts = targets.map(([name, holds, wanted]) => {
    const value = figures[name];
    const verdict = value === undefined ? 'not measured' : holds(value) ? 'met' : 'MISSED';
    console.log(`${verdict}: ${name}, ${wanted}`);
    return verdict;
  });
  const count = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length;
  const [met, missed, unmeasured] = [count('met'), count('MISSED'), count('not measured')];
  console.log(`${met} of ${targets.length} targets met, ${missed} missed, ${unmeasured} not measured`);
  return missed;
}

async function perRound(program: NativeProgram | undefined): Promise<Figures> {
  const times = { fuel: [] as number[], bare: [] as number[], native: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    times.fuel.push(timed(() => void simulate(engine, { seed, first: 0n, rounds: ROUNDS })));
    times.bare.push(timed(() => simulateRaw(raw)));
    if (!program) continue;
    const run = await program.simulate(seed, 0n, ROUNDS);
    if (String(run.counters) !== String(countersOf(expected)))
      throw new Error('The C program plays another game');
    times.native.push(run.nanoseconds);
  }
  const [fuel, bare, own] = [best(times.fuel), best(times.bare), best(times.native)];
  return {
    'simulated round with fuel, nanoseconds': fuel / ROUNDS,
    'simulated round without fuel, nanoseconds': bare / ROUNDS,
    'fuel, share of a simulated round': fuel / bare - 1,
    ...(program && {
      'simulated round in C, nanoseconds': own / ROUNDS,
      'simulated round with fuel, times native': fuel / own,
    }),
  };
}

function simulateRaw(module: RawEngine): void {
  const input = Buffer.alloc(44);
  input.set(seed);
  input.writeUInt32LE(ROUNDS, 40);
  if (module.call('rgs_simulate', input) < 0) throw new Error('The engine refused to simulate');
}

/** The same steps twice: through the host, bytes in and JSON out; and the engine's export alone, its input in place. */
async function perStep(): Promise<Figures> {
  const { state } = engine.reset();
  const indexes = Array.from({ length: DIFFERENT_STEPS }, (_, index) => index * 65_536);
  const metered = new RawEngine(await WebAssembly.compile(new Uint8Array(wasm)));
  const {
    rgs_fuel_set: setFuel,
    rgs_start: start,
    rgs_step: step,
  } = metered.exports as Record<string, (value: bigint | number) => number>;
  setFuel?.(2n ** 62n);
  start?.(0);
  const playOwn = () => {
    for (const stepIndex of indexes) {
      const input = stepBytes({ state, action: 0, seed, stepIndex: BigInt(stepIndex) });
      metered.call('rgs_step', input);
      for (let call = 1; call < CALLS; call += 1) step?.(input.length);
    }
  };
  const playHosted = () => {
    for (const stepIndex of indexes) {
      for (let call = 0; call < CALLS; call += 1) engine.step({ state, action: 0, seed, stepIndex });
    }
  };
  const times = { host: [] as number[], own: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    times.own.push(timed(playOwn));
    times.host.push(timed(playHosted));
  }
  const [host, own] = [best(times.host), best(times.own)].map((ns) => ns / (DIFFERENT_STEPS * CALLS));
  return {
    'host step, nanoseconds': host ?? 0,
    'of which in the engine, nanoseconds': own ?? 0,
    'host step beyond the engine, nanoseconds': (host ?? 0) - (own ?? 0),
  };
}

/** What the functions that play do with what the host measures of a step, up to the line that they write a request. */
function perStepMetrics(): Figures {
  const times = Array.from({ length: TURNS }, () =>
    timed(() => {
      for (let call = 0; call < METRIC_CALLS; call += 1) {
        telemetry.measure('EngineStepMicroseconds', call);
        telemetry.measure('EngineStepFuel', call);
        telemetry.measure('EngineMemoryPages', call);
        metrics.clearMetrics();
      }
    }),
  );
  return { 'metrics of a step, nanoseconds': best(times) / METRIC_CALLS };
}

/** As little as there is to do with a measure, so that the host's own part is seen. */
function keepMeasure(_: EngineMeasure, value: number): void {
  lastMeasure = value;
}

async function perLoad(): Promise<Figures> {
  const times = { load: [] as number[], instantiate: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const startedAt = process.hrtime.bigint();
    await new EngineHost({ fetch: async () => wasm }).load(hash);
    times.load.push(Number(process.hrtime.bigint() - startedAt));
    const module = await WebAssembly.compile(new Uint8Array(wasm));
    times.instantiate.push(
      timed(() => {
        for (let made = 0; made < INSTANCES; made += 1) new RawEngine(module);
      }),
    );
  }
  return {
    'verify, compile and first instance, microseconds': best(times.load) / 1_000,
    'one more instance, microseconds': best(times.instantiate) / INSTANCES / 1_000,
  };
}

/**
 * Whole runs on threads, as certification makes them, and of the C program in processes: two processors of a virtual machine
 * may share the units of one core, and then nothing computes twice as fast on both.
 */
async function scaling(program: NativeProgram | undefined): Promise<Figures> {
  if (availableParallelism() < 2) return {};
  const onThreads = async (workers: number) => {
    const startedAt = process.hrtime.bigint();
    const { priceMillionths = 1_000_000n } = engine.capabilities.modes[0] ?? {};
    await simulateOnThreads({
      wasm,
      hash,
      seed,
      mode: 0,
      rounds: SCALING_ROUNDS,
      priceMillionths,
      workers,
      onProgress: () => undefined,
    });
    return Number(process.hrtime.bigint() - startedAt);
  };
  const inProcesses = async (processes: number) => {
    const startedAt = process.hrtime.bigint();
    await Promise.all(
      Array.from({ length: processes }, async () => program?.simulate(seed, 0n, SCALING_ROUNDS / processes)),
    );
    return Number(process.hrtime.bigint() - startedAt);
  };
  const times = { one: [] as number[], two: [] as number[], oneInC: [] as number[], twoInC: [] as number[] };
  for (let turn = 0; turn < SCALING_TURNS; turn += 1) {
    times.one.push(await onThreads(1));
    times.two.push(await onThreads(2));
    times.oneInC.push(await inProcesses(1));
    times.twoInC.push(await inProcesses(2));
  }
  const gain = best(times.one) / best(times.two);
  const gainInC = program ? best(times.oneInC) / best(times.twoInC) : 2;
  return {
    'million rounds a second on one thread': SCALING_ROUNDS / (best(times.one) / 1_000),
    'million rounds a second on two threads': SCALING_ROUNDS / (best(times.two) / 1_000),
    'two threads, times one': gain,
    'two processes in C, times one': gainInC,
    'two threads, share of the gain of two processes in C': gain / gainInC,
  };
}

/**
 * Nanoseconds of processor time: what else runs on the machine does not count. The system tells it in steps of up to some
 * milliseconds, so `work` has to last for far longer.
 */
function timed(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) * 1_000;
}

/** The least disturbed turn. */
function best(nanoseconds: readonly number[]): number {
  return Math.min(...nanoseconds);
}
