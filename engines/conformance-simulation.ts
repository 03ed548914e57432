import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineCapabilities, EngineMode } from '../shared/engines/engines.ts';
import { type Player, playerOf } from './player.ts';
import { sha256 } from './playthrough.ts';
import { RawEngine, readAnswer, stepBytes } from './raw-engine.ts';
import type { Subject } from './conformance.ts';

const seed = sha256('simulation');
const REPLAYED_ROUNDS = 400;
/** The soak tests play ten times as many. */
const SIMULATED_ROUNDS = 20_000;

interface Batch {
  readonly first: bigint;
  readonly rounds: number;
  /** Where it is left out, the input has no byte for it. */
  readonly mode?: number;
}

/** The counters that are sums of rounds, in the order of the contract. */
interface Counters {
  readonly rounds: bigint;
  readonly hits: bigint;
  readonly bonuses: bigint;
  readonly bonusSteps: bigint;
  readonly basePayout: bigint;
  readonly bonusPayout: bigint;
  readonly maxWin: bigint;
  readonly baseSquares: bigint;
  readonly bonusSquares: bigint;
  readonly roundSquares: bigint;
  /** The number of rounds in each bucket, by the smallest win in it. */
  readonly histogram: ReadonlyMap<bigint, bigint>;
}

/** Compares rgs_simulate with rgs_step and with the figures that the capabilities declare. */
export function describeSimulation(subject: Subject): void {
  let engine: RawEngine;
  let capabilities: EngineCapabilities;
  let player: Player;
  beforeAll(async () => {
    engine = new RawEngine(await subject.module());
    capabilities = engine.capabilities();
    player = await playerOf(subject.name, capabilities);
  });

  describe(`${subject.name}: a simulation`, () => {
    it('counts in every mode what rgs_step plays with the step index round x 65536 + step', () => {
      for (const [mode, { name }] of capabilities.modes.entries()) {
        const first = 7_000;
        const rounds = Array.from({ length: REPLAYED_ROUNDS }, (_, index) =>
          replay(engine, capabilities, player, name, first + index),
        );
        const counted = simulate(engine, { first: BigInt(first), rounds: REPLAYED_ROUNDS, mode });
        const { histogram, ...sums } = countRounds(rounds, [...counted.histogram.keys()]);
        expect(counted).toMatchObject(sums);
        expect(counted.histogram).toEqual(histogram);
      }
    });

    it('counts the same however the rounds are split into batches, on any instance', async () => {
      const other = new RawEngine(await subject.module());
      for (const mode of capabilities.modes.keys()) {
        const whole = simulate(engine, { first: 0n, rounds: 3_000, mode });
        const head = simulate(engine, { first: 0n, rounds: 1_234, mode });
        const tail = simulate(other, { first: 1_234n, rounds: 3_000 - 1_234, mode });
        expect(addCounters(head, tail)).toEqual(whole);
      }
    });

    it('plays the first mode where the input names none', () => {
      const batch = { first: 5n, rounds: 500 };
      expect(simulate(engine, batch)).toEqual(simulate(engine, { ...batch, mode: 0 }));
    });

    it('refuses with -1 a mode that does not exist, too many rounds, and rounds without a step index', () => {
      const refused: Batch[] = [
        { first: 0n, rounds: 1, mode: capabilities.modes.length },
        { first: 0n, rounds: 1, mode: 255 },
        { first: 0n, rounds: 2 ** 24 + 1 },
        { first: 2n ** 48n - 1n, rounds: 2 },
      ];
      for (const batch of refused) expect(engine.call('rgs_simulate', batchBytes(batch))).toBe(-1);
      expect(engine.call('rgs_simulate', new Uint8Array(46))).toBe(-1);
      expect(engine.call('rgs_simulate', new Uint8Array(43))).toBe(-1);
      expect(simulate(engine, { first: 2n ** 48n - 1n, rounds: 1 }).rounds).toBe(1n);
    });
  });
  describeReturn(subject, SIMULATED_ROUNDS);
}

/** Compares what a simulation returns with the figures that the capabilities declare. */
export function describeReturn(subject: Subject, rounds: number): void {
  describe(`${subject.name}: a simulation of ${rounds} rounds in each mode`, () => {
    it('agrees with the declared RTP and largest win', async () => {
      const engine = new RawEngine(await subject.module());
      for (const [mode, declared] of engine.capabilities().modes.entries()) {
        const counted = simulate(engine, { first: 0n, rounds, mode });
        expect(counted.maxWin).toBeLessThanOrEqual(declared.maxWinMillionths);
        expect(deviationsFromDeclared(counted, declared)).toBeLessThan(3.3);
      }
    });
  });
}

/** How far the mean of a simulation is from the declared one, in standard deviations of the mean. */
function deviationsFromDeclared(counted: Counters, declared: EngineMode): number {
  const rounds = Number(counted.rounds);
  const mean = Number(counted.basePayout + counted.bonusPayout) / rounds;
  const expected = (Number(declared.rtpMillionths) * Number(declared.priceMillionths)) / 1e6;
  const variance = Number(counted.roundSquares) / rounds - mean ** 2;
  // The declared figure is rounded down to a millionth of the price.
  const distance = Math.max(Math.abs(mean - expected) - Number(declared.priceMillionths) / 1e6, 0);
  return distance === 0 ? 0 : distance / Math.sqrt(variance / rounds);
}

interface ReplayedRound {
  readonly base: bigint;
  readonly bonus: bigint;
  readonly triggered: boolean;
  readonly bonusSteps: number;
}

function replay(
  engine: RawEngine,
  { actions }: EngineCapabilities,
  player: Player,
  mode: string,
  round: number,
): ReplayedRound {
  const play = (state: Uint8Array, step: number, view: unknown) => {
    const name = player(mode, view);
    const action = actions.find((candidate) => candidate.name === name)?.code ?? 255;
    const stepIndex = BigInt(round) * 65_536n + BigInt(step);
    const output = engine.ask('rgs_step', stepBytes({ seed, stepIndex, state, action }));
    if (typeof output === 'number') throw new Error(`${name} is refused with ${output}`);
    return readAnswer(output);
  };
  const opening = play(engine.reset().state, 0, undefined);
  let { state, bonusActive, view } = opening;
  let bonus = 0n;
  let bonusSteps = 0;
  while (bonusActive) {
    bonusSteps += 1;
    const answer = play(state, bonusSteps, JSON.parse(view));
    bonus += answer.payoutMillionths;
    ({ state, bonusActive, view } = answer);
  }
  return { base: opening.payoutMillionths, bonus, triggered: (opening.flags & 2) !== 0, bonusSteps };
}

function countRounds(rounds: readonly ReplayedRound[], buckets: readonly bigint[]): Counters {
  const sum = (of: (round: ReplayedRound) => bigint) =>
    rounds.reduce((total, round) => total + of(round), 0n);
  const wins = rounds.map(({ base, bonus }) => base + bonus);
  return {
    rounds: BigInt(rounds.length),
    hits: BigInt(wins.filter((win) => win > 0n).length),
    bonuses: sum(({ triggered }) => (triggered ? 1n : 0n)),
    bonusSteps: sum(({ bonusSteps }) => BigInt(bonusSteps)),
    basePayout: sum(({ base }) => base),
    bonusPayout: sum(({ bonus }) => bonus),
    maxWin: wins.reduce((most, win) => (win > most ? win : most), 0n),
    baseSquares: sum(({ base }) => base ** 2n),
    bonusSquares: sum(({ bonus }) => bonus ** 2n),
    roundSquares: sum(({ base, bonus }) => (base + bonus) ** 2n),
    histogram: new Map(
      buckets.map((from, index) => {
        const next = buckets[index + 1];
        const inside = wins.filter((win) => win >= from && (next === undefined || win < next));
        return [from, BigInt(inside.length)];
      }),
    ),
  };
}

function addCounters(one: Counters, other: Counters): Counters {
  return {
    rounds: one.rounds + other.rounds,
    hits: one.hits + other.hits,
    bonuses: one.bonuses + other.bonuses,
    bonusSteps: one.bonusSteps + other.bonusSteps,
    basePayout: one.basePayout + other.basePayout,
    bonusPayout: one.bonusPayout + other.bonusPayout,
    maxWin: one.maxWin > other.maxWin ? one.maxWin : other.maxWin,
    baseSquares: one.baseSquares + other.baseSquares,
    bonusSquares: one.bonusSquares + other.bonusSquares,
    roundSquares: one.roundSquares + other.roundSquares,
    histogram: new Map(
      [...one.histogram].map(([from, rounds]) => [from, rounds + (other.histogram.get(from) ?? 0n)]),
    ),
  };
}

function batchBytes({ first, rounds, mode }: Batch): Uint8Array {
  const bytes = Buffer.alloc(mode === undefined ? 44 : 45);
  bytes.set(seed);
  bytes.writeBigUInt64LE(first, 32);
  bytes.writeUInt32LE(rounds, 40);
  if (mode !== undefined) bytes[44] = mode;
  return bytes;
}

function simulate(engine: RawEngine, batch: Batch): Counters {
  const answer = engine.ask('rgs_simulate', batchBytes(batch));
  if (typeof answer === 'number') throw new Error(`The engine refuses a simulation with ${answer}`);
  const bytes = Buffer.from(answer);
  const u64 = (at: number) => bytes.readBigUInt64LE(at);
  const u128 = (at: number) => u64(at) + (u64(at + 8) << 64n);
  const buckets = bytes.readUInt32LE(104);
  expect(bytes.length).toBe(108 + buckets * 16);
  return {
    rounds: u64(0),
    hits: u64(8),
    bonuses: u64(16),
    bonusSteps: u64(24),
    basePayout: u64(32),
    bonusPayout: u64(40),
    maxWin: u64(48),
    baseSquares: u128(56),
    bonusSquares: u128(72),
    roundSquares: u128(88),
    histogram: new Map(
      Array.from({ length: buckets }, (_, bucket) => [u64(108 + bucket * 16), u64(116 + bucket * 16)]),
    ),
  };
}
