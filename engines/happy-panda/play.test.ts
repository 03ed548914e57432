import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EngineError } from '../../shared/foundation/errors.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import type { EngineStep } from '../../shared/engines/engines.ts';
import { loadBuiltEngine } from '../built-engine.ts';
import { LINE_BET_MILLIONTHS } from './assembly/maths.ts';
import { payOfGrid, scattersOf } from './paytable.fixture.ts';

const SPIN = 0;
const FREE_SPIN = 1;
const seed = new Uint8Array(32).fill(3);
const outsideBonus = new Uint8Array(6);

const Grid = z.string().regex(/^[WSPLFBAKQJT]{5}\/[WSPLFBAKQJT]{5}\/[WSPLFBAKQJT]{5}$/);
const Win = z.strictObject({
  symbol: z.string(),
  count: z.int().min(3).max(5),
  lines: z.array(z.int().min(1).max(20)),
  payout_millionths: z.int().positive(),
});
/** What README.md promises to game clients. */
const View = z.strictObject({
  outcome: z.strictObject({ grid: Grid, multiplier: z.int().optional(), wins: z.array(Win) }),
  public_state: z.strictObject({
    grid: Grid,
    bonus: z.strictObject({ spins_left: z.int(), multiplier: z.int(), won_millionths: z.int() }).nullable(),
  }),
  bonus_triggered: z
    .strictObject({ name: z.literal('free_spins'), spins: z.int(), multiplier: z.int() })
    .nullable(),
});

interface Played extends EngineStep {
  readonly free: boolean;
  readonly seen: z.infer<typeof View>;
}

let engine: LoadedEngine;
let played: readonly Played[];
beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
  played = playSteps(30_000);
});

describe('happy-panda', () => {
  it('pays every grid what the paytable says, times the multiplier', () => {
    for (const { seen, payoutMillionths } of played) {
      const rows = seen.outcome.grid.split('/');
      const expected = payOfGrid(rows) * LINE_BET_MILLIONTHS * (seen.outcome.multiplier ?? 1);
      expect(payoutMillionths).toBe(BigInt(expected));
    }
  });

  it('names wins that add up to the payout', () => {
    for (const { seen, payoutMillionths } of played) {
      const total = seen.outcome.wins.reduce((sum, win) => sum + win.payout_millionths, 0);
      expect(BigInt(total)).toBe(payoutMillionths);
    }
  });

  it('starts ten free spins at a multiplier of 2 with three scatters, and only then', () => {
    for (const { seen, bonusActive } of played.filter(({ free }) => !free)) {
      const wins = scattersOf([seen.outcome.grid]) >= 3;
      expect(bonusActive).toBe(wins);
      expect(seen.bonus_triggered).toEqual(wins ? { name: 'free_spins', spins: 10, multiplier: 2 } : null);
      expect(seen.public_state.bonus).toEqual(
        wins ? { spins_left: 10, multiplier: 2, won_millionths: 0 } : null,
      );
    }
  });

  it('adds five spins and one to the multiplier at a retrigger, three times at most', () => {
    const retriggers = played.filter(({ free, seen }) => free && seen.bonus_triggered !== null);
    expect(retriggers.length).toBeGreaterThan(0);
    for (const { seen } of retriggers) {
      const multiplier = (seen.outcome.multiplier ?? 0) + 1;
      expect(seen.bonus_triggered).toEqual({ name: 'free_spins', spins: 5, multiplier });
      expect(multiplier).toBeLessThanOrEqual(5);
    }
  });

  it("keeps the bonus's count of spins and of what it won", () => {
    let spinsLeft = 0;
    let won = 0n;
    for (const { free, seen, payoutMillionths, bonusActive } of played) {
      won = free ? won + payoutMillionths : 0n;
      spinsLeft = Math.max(spinsLeft - 1, 0) + (seen.bonus_triggered?.spins ?? 0);
      expect(bonusActive).toBe(spinsLeft > 0);
      if (free || bonusActive) {
        expect(seen.public_state.bonus).toMatchObject({ spins_left: spinsLeft, won_millionths: Number(won) });
      }
    }
  });

  it('forgets the bonus when it is over', () => {
    for (const { state, bonusActive } of played) {
      if (!bonusActive) expect(state).toEqual(outsideBonus);
    }
  });

  it('keeps its views small: under 150 bytes for a loss, under 250 for most wins, under 700 always', () => {
    const paid = played.filter(({ free, bonusActive }) => !free && !bonusActive);
    const losses = paid.filter(({ payoutMillionths }) => payoutMillionths === 0n);
    const wins = paid.filter(({ payoutMillionths }) => payoutMillionths > 0n);
    expect(Math.max(...losses.map(({ view }) => view.length))).toBeLessThan(150);
    expect(wins.filter(({ view }) => view.length < 250).length / wins.length).toBeGreaterThan(0.6);
    expect(Math.max(...played.map(({ view }) => view.length))).toBeLessThan(700);
  });

  it('shows the first stops before any play', () => {
    const first = engine.reset();
    expect(first.state).toEqual(outsideBonus);
    expect(View.parse(JSON.parse(first.view)).public_state.bonus).toBeNull();
  });
});

describe('an action that the state does not allow', () => {
  it('is refused: a free spin outside a bonus, a paid spin inside one', () => {
    expect(refusal(outsideBonus, FREE_SPIN)).toContain('-2');
    expect(refusal(inBonus({ left: 10 }), SPIN)).toContain('-2');
  });
});

describe('a state that no play leads to', () => {
  it.each([
    ['a retrigger without a bonus', inBonus({ left: 0, retriggers: 1 })],
    ['a win without a bonus', inBonus({ left: 0, won: 1 })],
    ['more free spins than were won', inBonus({ left: 11 })],
    ['a retrigger before any free spin', inBonus({ left: 15, retriggers: 1 })],
    ['a fourth retrigger', inBonus({ left: 5, retriggers: 4 })],
    ['a win before any free spin', inBonus({ left: 10, won: 1 })],
    ['more than the free spins could win', inBonus({ left: 9, won: 7201 })],
    ['a negative win', inBonus({ left: 9, won: 0xffff_ffff })],
    ['a byte too few', new Uint8Array(5)],
    ['a byte too many', new Uint8Array(7)],
    ['no bytes', new Uint8Array(0)],
  ])('is refused: %s', (_, state) => {
    expect(refusal(state, state[0] === 0 || state.length < 6 ? SPIN : FREE_SPIN)).toContain('-3');
  });

  it('is the opposite of the states that play leads to', () => {
    for (const { state, bonusActive } of played) {
      expect(() =>
        engine.step({ state, action: bonusActive ? FREE_SPIN : SPIN, seed, stepIndex: 0 }),
      ).not.toThrow();
    }
  });
});

describe('any input', () => {
  it('gives the same bytes on a fresh instance as on a warm one', async () => {
    const fresh = await loadBuiltEngine('happy-panda');
    for (const { state, bonusActive } of played.slice(0, 200)) {
      const input = { state, action: bonusActive ? FREE_SPIN : SPIN, seed, stepIndex: 77 };
      expect(fresh.step(input)).toEqual(engine.step(input));
    }
  });

  it('is answered or refused, and never traps', () => {
    const input = fc.record({
      state: fc.uint8Array({ maxLength: 9_000 }),
      action: fc.nat(300),
      seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      stepIndex: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(input, (anything) => {
        try {
          engine.step(anything);
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect((error as EngineError).code).toBe('ENGINE_REJECTED');
        }
      }),
      { numRuns: 500 },
    );
  });
});

function playSteps(count: number): Played[] {
  const steps: Played[] = [];
  let { state, bonusActive } = engine.reset();
  for (let stepIndex = 0; stepIndex < count; stepIndex++) {
    const free = bonusActive;
    const step = engine.step({ state, action: free ? FREE_SPIN : SPIN, seed, stepIndex });
    steps.push({ ...step, free, seen: View.parse(JSON.parse(step.view)) });
    ({ state, bonusActive } = step);
  }
  return steps;
}

function inBonus({ left, retriggers = 0, won = 0 }: { left: number; retriggers?: number; won?: number }) {
  const state = new Uint8Array(6);
  state.set([left, retriggers]);
  new DataView(state.buffer).setUint32(2, won, true);
  return state;
}

function refusal(state: Uint8Array, action: number): string {
  try {
    engine.step({ state, action, seed, stepIndex: 0 });
    return 'accepted';
  } catch (error) {
    return (error as EngineError).message;
  }
}
