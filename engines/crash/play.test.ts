import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RealtimeEngine } from '../../shared/engines/host/realtime-engine.ts';
import type { RealtimeTable } from '../../shared/engines/host/realtime-table.ts';
import { readText } from '../../shared/engines/wire-format.ts';
import { loadBuiltRealtime } from '../built-engine.ts';
import { sha256 } from '../playthrough.ts';
import { keyStreamWords } from '../sdk/random.fixture.ts';
import {
  BETTING_STEPS,
  CRASHED_STEPS,
  MAX_MULTIPLIER_MILLIONTHS,
  MAX_PLAYERS,
  MIN_AUTO_MILLIONTHS,
  RETURN_MILLIONTHS,
  STEP_MS,
} from './assembly/maths.ts';
import { chanceToReach, crashPointOf } from './odds.ts';

const amount = z.string().regex(/^\d+$/).transform(BigInt).nullable();
/** What README.md promises. */
const State = z.strictObject({
  round: z.int().positive(),
  phase: z.enum(['betting', 'running', 'crashed']),
  phase_ms: z.int(),
  multiplier_millionths: z.string().transform(BigInt),
  crash_millionths: amount,
  bets: z.array(z.strictObject({ id: z.string(), auto_millionths: amount, cashed_out_millionths: amount })),
});

let engine: RealtimeEngine;
beforeAll(async () => {
  engine = await loadBuiltRealtime('crash');
});

class Table {
  readonly #table: RealtimeTable;

  constructor(seed: Uint8Array) {
    this.#table = engine.open(seed);
  }

  get state() {
    return State.parse(JSON.parse(this.#table.state()));
  }

  bet(player: string, autoMillionths = 0n): void {
    const input = Buffer.alloc(9, 1);
    input.writeBigUInt64LE(autoMillionths, 1);
    this.#table.input(player, input);
  }

  cashOut(player: string): void {
    this.#table.input(player, Uint8Array.of(2));
  }

  steps(count: number): void {
    for (let left = count; left > 0; left -= 500) this.#table.tick(Math.min(left, 500) * STEP_MS);
  }

  betOf(player: string) {
    return this.state.bets.find(({ id }) => id === player);
  }
}

/** The crash point of a table's round, from OpenSSL's key stream. */
function crashOf(seed: Uint8Array, round: number): bigint {
  return crashPointOf(keyStreamWords(seed, BigInt(round), 1)[0] ?? 0);
}

/** What the multiplier is after so many steps, unless it crashed. */
function grown(steps: number): bigint {
  let multiplier = 1_000_000n;
  for (let step = 0; step < steps; step++) multiplier += (multiplier * 6n) / 10_000n;
  return multiplier;
}

/** How many steps a round runs: the last one crosses the crash point, or reaches the maximum. */
function stepsOf(crash: bigint): number {
  let steps = 0;
  for (let multiplier = 1_000_000n; crash >= 1_000_000n; ) {
    multiplier += (multiplier * 6n) / 10_000n;
    steps += 1;
    if (multiplier > crash || multiplier >= BigInt(MAX_MULTIPLIER_MILLIONTHS)) break;
  }
  return steps;
}

describe('a round of crash', () => {
  it('takes bets, runs to the crash point that its seed and number give, and opens the next one', () => {
    const seed = sha256('rounds');
    const table = new Table(seed);
    for (let round = 1; round <= 40; round++) {
      const crash = crashOf(seed, round);
      expect(table.state).toMatchObject({ round, phase: 'betting', phase_ms: 0, bets: [] });
      table.steps(BETTING_STEPS - 1);
      expect(table.state.phase).toBe('betting');
      table.steps(1);
      const runs = stepsOf(crash);
      if (runs > 0) {
        expect(table.state).toMatchObject({ phase: 'running', multiplier_millionths: 1_000_000n });
        table.steps(runs - 1);
        expect(table.state).toMatchObject({
          phase: 'running',
          multiplier_millionths: grown(runs - 1),
          crash_millionths: null,
        });
        table.steps(1);
      }
      const shown = crash < 1_000_000n ? 1_000_000n : crash;
      expect(table.state).toMatchObject({
        phase: 'crashed',
        crash_millionths: shown,
        multiplier_millionths: shown,
      });
      table.steps(CRASHED_STEPS);
    }
  });

  it('pays whoever cashes out what the multiplier is then, and nobody else', () => {
    const seed = seedWith((crash) => crash > grown(200) && crash < grown(400));
    const table = new Table(seed);
    table.bet('early');
    table.bet('late');
    table.steps(BETTING_STEPS + 150);
    table.cashOut('early');
    table.cashOut('stranger');
    table.steps(20);
    table.cashOut('early');
    table.steps(300);
    table.cashOut('late');
    expect(table.state.phase).toBe('crashed');
    expect(table.state.bets).toEqual([
      { id: 'early', auto_millionths: null, cashed_out_millionths: grown(150) },
      { id: 'late', auto_millionths: null, cashed_out_millionths: null },
    ]);
  });

  it('cashes out by itself exactly where the player said, if the round gets there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1_010_000, max: 5_000_000 }),
        (number, auto) => {
          const seed = sha256(`auto ${number}`);
          const table = new Table(seed);
          table.bet('a', BigInt(auto));
          const crash = crashOf(seed, 1);
          table.steps(BETTING_STEPS + stepsOf(crash));
          const reached = crash >= BigInt(auto);
          expect(table.betOf('a')?.cashed_out_millionths).toBe(reached ? BigInt(auto) : null);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('pays all who are still in it at the maximum', () => {
    // One round in some ten thousand gets there.
    const seed = seedWith((crash) => crash === BigInt(MAX_MULTIPLIER_MILLIONTHS));
    const table = new Table(seed);
    table.bet('brave');
    table.steps(BETTING_STEPS + stepsOf(BigInt(MAX_MULTIPLIER_MILLIONTHS)));
    expect(table.state).toMatchObject({
      phase: 'crashed',
      crash_millionths: BigInt(MAX_MULTIPLIER_MILLIONTHS),
    });
    expect(table.betOf('brave')?.cashed_out_millionths).toBe(BigInt(MAX_MULTIPLIER_MILLIONTHS));
  });

  it('takes one bet a player, while it takes bets, and as many players as it has room for', () => {
    const table = new Table(seedWith((crash) => crash > grown(100)));
    table.bet('a', 2_000_000n);
    table.bet('a', 3_000_000n);
    table.bet('too-low', 1_009_999n);
    table.bet('too-high', BigInt(MAX_MULTIPLIER_MILLIONTHS) + 1n);
    table.bet('ä');
    table.bet('x'.repeat(65));
    for (let player = 1; player <= MAX_PLAYERS; player++) table.bet(`player-${player}`);
    expect(table.state.bets).toHaveLength(MAX_PLAYERS);
    expect(table.state.bets[0]).toEqual({
      id: 'a',
      auto_millionths: 2_000_000n,
      cashed_out_millionths: null,
    });
    table.steps(BETTING_STEPS + 1);
    table.bet('late');
    expect(table.betOf('late')).toBeUndefined();
    expect(table.betOf(`player-${MAX_PLAYERS}`)).toBeUndefined();
  });

  it('needs no more fuel for a bet or a cash-out the more players there are', () => {
    const seed = seedWith((crash) => crash > grown(100));
    const instance = engine.instance();
    instance.begin(seed, new Uint8Array());
    const fuelOf = (player: number, input: Uint8Array): number => {
      instance.give(Buffer.from(`player-${player}`), input);
      return Number(instance.usage.fuel);
    };
    const bets = Array.from({ length: MAX_PLAYERS }, (_, player) =>
      fuelOf(player, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0)),
    );
    for (let brought = 0; brought < BETTING_STEPS + 10; brought += 10) instance.tick(10 * STEP_MS);
    const cashOuts = Array.from({ length: MAX_PLAYERS }, (_, player) => fuelOf(player, Uint8Array.of(2)));
    for (const fuels of [bets, cashOuts]) expect(Math.max(...fuels)).toBeLessThan(3 * (fuels[0] ?? 0));
    expect(JSON.parse(instance.state()).bets).toHaveLength(MAX_PLAYERS);
    for (const bet of JSON.parse(instance.state()).bets) expect(bet.cashed_out_millionths).not.toBeNull();
  });

  it('fits its state into the buffer with the longest ids and figures', () => {
    const table = new Table(seedWith((crash) => crash > grown(1_000)));
    for (let player = 1; player <= MAX_PLAYERS; player++) {
      table.bet(`${player}`.padStart(64, 'p'), BigInt(MAX_MULTIPLIER_MILLIONTHS));
    }
    table.steps(BETTING_STEPS + 900);
    for (let player = 1; player <= MAX_PLAYERS; player++) table.cashOut(`${player}`.padStart(64, 'p'));
    expect(table.state.bets.filter((bet) => bet.cashed_out_millionths !== null)).toHaveLength(MAX_PLAYERS);
  });
});

it('README.md shows a state as it is written, with the multiplier of its time', async () => {
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const state = State.parse(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? ''));
  expect(state.multiplier_millionths).toBe(grown(state.phase_ms / STEP_MS));
  const cashedOut = state.bets.flatMap(({ cashed_out_millionths: at }) => at ?? []);
  const multipliers = Array.from({ length: state.phase_ms / STEP_MS }, (_, steps) => grown(steps));
  for (const at of cashedOut) expect(multipliers).toContain(at);
});

it('docs/engines.md shows the capabilities that the engine tells', async () => {
  const text = await readFile(new URL('../../docs/engines.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('### Capabilities of a realtime game'));
  const instance = engine.instance();
  const told = JSON.parse(readText(instance, instance.describe()));
  expect(JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? '')).toEqual(told);
});

describe('the distribution of crash points', () => {
  it('is exact: of all 2^32 words, those that reach a multiplier are counted by its closed form', () => {
    fc.assert(
      fc.property(fc.bigInt(1_000_000n, BigInt(MAX_MULTIPLIER_MILLIONTHS)), (multiplier) => {
        const { words } = chanceToReach(multiplier);
        // Larger words crash earlier, so the last one that reaches it tells how many do.
        expect(crashPointOf(Number(words - 1n))).toBeGreaterThanOrEqual(multiplier);
        expect(crashPointOf(Number(words))).toBeLessThan(multiplier);
      }),
      { numRuns: 1_000 },
    );
  });

  it('returns at most 97 % of every cash-out, and less by rounding alone', () => {
    fc.assert(
      fc.property(fc.bigInt(1_000_000n, BigInt(MAX_MULTIPLIER_MILLIONTHS)), (multiplier) => {
        const { words, of } = chanceToReach(multiplier);
        expect(multiplier * words).toBeLessThanOrEqual(BigInt(RETURN_MILLIONTHS) * of);
        expect(multiplier * (words + 1n)).toBeGreaterThan(BigInt(RETURN_MILLIONTHS) * of);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is what the game declares: the best play returns that to the millionth, and none can win more', () => {
    const { rtpMillionths, maxWinMillionths, maxPlayers, stepMs } = engine.capabilities;
    expect({ maxPlayers, stepMs }).toEqual({ maxPlayers: MAX_PLAYERS, stepMs: STEP_MS });
    expect(maxWinMillionths).toBe(crashPointOf(0));
    const lowest = BigInt(MIN_AUTO_MILLIONTHS);
    const { words, of } = chanceToReach(lowest);
    expect(Math.round(Number(lowest * words) / Number(of))).toBe(Number(rtpMillionths));
  });

  it('crashes three rounds in a hundred at once', () => {
    const { words, of } = chanceToReach(1_000_000n);
    expect(Number(of - words) / Number(of)).toBeCloseTo(0.03, 6);
  });
});

function seedWith(fits: (crash: bigint) => boolean): Uint8Array {
  for (let number = 0; ; number++) {
    const seed = sha256(`seed ${number}`);
    if (fits(crashOf(seed, 1))) return seed;
  }
}
