import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { EngineCapabilities } from '../../shared/engines/engines.ts';
import { buildEngine } from '../build.ts';
import { type PlayedStep, playThrough } from '../playthrough.ts';
import { compileRaw, RawEngine, readAnswer, stepBytes } from '../raw-engine.ts';
import { FREE_SPINS, MULTIPLIER_WEIGHTS, MULTIPLIERS, SYMBOLS, WAY_PAYS } from './assembly/maths.ts';

const Grid = z.string().regex(/^[WSKDLFAQJT]{5}\/[WSKDLFAQJT]{5}\/[WSKDLFAQJT]{5}$/);
const amount = z.string().regex(/^\d+$/).transform(BigInt);
const Win = z.strictObject({ symbol: z.string(), count: z.int(), ways: z.int(), payout_millionths: z.int() });
/** What README.md promises. */
const View = z.strictObject({
  outcome: z.union([
    z.strictObject({ grid: Grid, multiplier: z.int(), wins: z.array(Win) }),
    z.strictObject({ card: z.enum(['red', 'black']) }),
    z.strictObject({}),
  ]),
  public_state: z.strictObject({
    grid: Grid.nullable(),
    free_spins: z.strictObject({ left: z.int().min(1).max(FREE_SPINS), millionths: amount }).nullable(),
    gamble: z.strictObject({ won: z.int().min(0).max(4), millionths: amount }).nullable(),
  }),
  bonus_triggered: z.strictObject({ name: z.literal('free_spins'), spins: z.literal(FREE_SPINS) }).nullable(),
});

interface Step extends PlayedStep {
  readonly action: string;
  readonly seen: z.infer<typeof View>;
}

let engine: RawEngine;
let capabilities: EngineCapabilities;
let played: readonly Step[];
beforeAll(async () => {
  engine = new RawEngine(await compileRaw((await buildEngine('koi-pond')).path));
  capabilities = engine.capabilities();
  played = playThrough(engine, capabilities.actions, 20_000).map((step) => ({
    ...step,
    action: capabilities.actions[step.input.action]?.name ?? '',
    seen: View.parse(JSON.parse(step.answer.view)),
  }));
});

/** The rules once more, way by way: what a grid pays before it is multiplied, in millionths. */
function payOfGrid(grid: string): number {
  const rows = grid.split('/');
  const reels = Array.from({ length: 5 }, (_, reel) => rows.map((row) => row[reel] ?? ''));
  let total = 0;
  for (const [index, symbol] of SYMBOLS.split('').entries()) {
    if (symbol === 'W') continue;
    let ways = 1;
    let run = 0;
    for (const [reel, cells] of reels.entries()) {
      const here = cells.filter((cell) => cell === symbol || (reel > 0 && cell === 'W')).length;
      if (here === 0) break;
      ways *= here;
      run = reel + 1;
    }
    total += run === 0 ? 0 : ways * (WAY_PAYS[index]?.[run - 1] ?? 0);
  }
  return total;
}

function scattersOf(grid: string): number {
  return grid.replaceAll(/[^S]/g, '').length;
}

/** The grid and the win of a step that turned the reels. */
function spinOf({ seen }: Step): { grid: string; multiplier: number; pay: bigint } | undefined {
  if (!('grid' in seen.outcome)) return undefined;
  const { grid, multiplier, wins } = seen.outcome;
  const pay = payOfGrid(grid) * multiplier;
  expect(wins.reduce((sum, win) => sum + win.payout_millionths, 0)).toBe(pay);
  return { grid, multiplier, pay: BigInt(pay) };
}

describe('koi-pond', () => {
  it('pays at once what the grid of a spin says, and a free spin times its multiplier', () => {
    for (const step of played) {
      const spin = spinOf(step);
      if (!spin || step.seen.public_state.gamble) continue;
      expect(step.answer.payoutMillionths).toBe(spin.pay);
      expect(spin.multiplier === 1).toBe(step.action !== 'continue');
      expect(step.seen.public_state.grid).toBe(spin.grid);
    }
  });

  it('gives ten free spins for three scatters, or for their price, and counts them down', () => {
    for (const [index, step] of played.entries()) {
      if (step.step > 0) continue;
      const spin = spinOf(step);
      const won = spin === undefined ? step.action === 'buy_free_spins' : scattersOf(spin.grid) >= 3;
      expect(step.seen.bonus_triggered !== null).toBe(won);
      if (!won) continue;
      let total = 0n;
      for (const [place, free] of played.slice(index + 1, index + 1 + FREE_SPINS).entries()) {
        total += free.answer.payoutMillionths;
        const left = FREE_SPINS - 1 - place;
        expect(free.seen.public_state.free_spins).toEqual(left > 0 ? { left, millionths: total } : null);
        expect(free.answer.bonusActive).toBe(left > 0);
      }
    }
  });

  it('draws the multipliers of free spins by their weights', () => {
    const drawn = played
      .filter(({ action }) => action === 'continue')
      .flatMap((step) => spinOf(step)?.multiplier ?? []);
    const weights = MULTIPLIER_WEIGHTS.reduce((sum, weight) => sum + weight, 0);
    const distance = MULTIPLIERS.reduce((sum, multiplier, index) => {
      const expected = (drawn.length * (MULTIPLIER_WEIGHTS[index] ?? 0)) / weights;
      return sum + (drawn.filter((each) => each === multiplier).length - expected) ** 2 / expected;
    }, 0);
    expect(drawn.length).toBeGreaterThan(5_000);
    // The chi-square quantile at one in a thousand, three degrees of freedom.
    expect(distance).toBeLessThan(16.3);
  });

  it('holds a win where the player asked for it, and pays it when it is collected', () => {
    const held = played.filter(({ action, seen }) => action === 'spin_and_hold' && seen.public_state.gamble);
    expect(held.length).toBeGreaterThan(100);
    for (const step of held) {
      expect(step.answer.payoutMillionths).toBe(0n);
      expect(step.seen.public_state.gamble).toEqual({ won: 0, millionths: spinOf(step)?.pay });
    }
    for (const [index, step] of played.entries()) {
      const before = played[index - 1]?.seen.public_state.gamble;
      if (step.action !== 'continue' || !before) continue;
      expect(step.answer).toMatchObject({ payoutMillionths: before.millionths, bonusActive: false });
    }
  });

  it('doubles a held win on the right colour, loses it on the other, and draws both alike', () => {
    const gambles = [...played.entries()].filter(([, { action }]) => action.startsWith('gamble'));
    let won = 0;
    for (const [index, { action, seen, answer }] of gambles) {
      const before = played[index - 1]?.seen.public_state.gamble;
      const right = 'card' in seen.outcome && action === `gamble_${seen.outcome.card}`;
      if (right) won += 1;
      const after = seen.public_state.gamble;
      if (after)
        expect(after).toEqual({ won: (before?.won ?? 0) + 1, millionths: (before?.millionths ?? 0n) * 2n });
      else expect(answer.payoutMillionths).toBe(right ? (before?.millionths ?? 0n) * 2n : 0n);
      if (right)
        expect(after !== null || before?.won === 4 || answer.payoutMillionths > 500_000_000n).toBe(true);
      else expect(after).toBeNull();
    }
    expect(gambles.length).toBeGreaterThan(500);
    expect(Math.abs(won - gambles.length / 2)).toBeLessThan(3.3 * Math.sqrt(gambles.length / 4));
  });

  it('pays without a further gamble after five, and where doubling would pass the limit', () => {
    const gambled = (won: number, millionths: bigint) => {
      const state = Buffer.alloc(10);
      state.set([2, won]);
      state.writeBigInt64LE(millionths, 2);
      const answers = ['gamble_red', 'gamble_black'].map((name) => {
        const action = capabilities.actions.find((candidate) => candidate.name === name)?.code ?? 255;
        const output = engine.ask(
          'rgs_step',
          stepBytes({ seed: new Uint8Array(32), stepIndex: 3n, state, action }),
        );
        return typeof output === 'number' ? output : readAnswer(output);
      });
      return answers.find(
        (answer) => typeof answer === 'number' || answer.bonusActive || answer.payoutMillionths > 0n,
      );
    };
    expect(gambled(4, 1_600_000n)).toMatchObject({ bonusActive: false, payoutMillionths: 3_200_000n });
    expect(gambled(3, 800_000n)).toMatchObject({ bonusActive: true, payoutMillionths: 0n });
    expect(gambled(2, 400_000_000n)).toMatchObject({ bonusActive: false, payoutMillionths: 800_000_000n });
    expect(gambled(2, 500_800_000n)).toBe(-3);
    expect(gambled(5, 3_200_000n)).toBe(-3);
  });

  it.each([
    ['an unknown kind of round', [3, 0], 0n],
    ['free spins without a round', [0, 1], 0n],
    ['a win without a round', [0, 0], 50_000n],
    ['eleven free spins', [1, 11], 0n],
    ['a win before the first free spin', [1, 10], 50_000n],
    ['more than the free spins could win', [1, 9], 1_288_050_000n],
    ['a win that no way pays', [1, 5], 1n],
    ['a negative win', [1, 5], -50_000n],
    ['nothing to gamble', [2, 0], 0n],
    ['more to gamble than a spin can win', [2, 0], 128_850_000n],
    ['an odd part of a doubled win', [2, 1], 150_000n],
  ])('refuses a state with %s', (_, head, millionths) => {
    const state = Buffer.alloc(10);
    state.set(head);
    state.writeBigInt64LE(millionths, 2);
    for (const { code } of capabilities.actions) {
      const input = { seed: new Uint8Array(32), stepIndex: 0n, state, action: code };
      expect(engine.call('rgs_step', stepBytes(input))).toBe(-3);
    }
  });

  it('shows the view that README.md shows', async () => {
    const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const example = View.parse(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? ''));
    expect(played.map(({ seen }) => seen)).toContainEqual(example);
  });
});
