import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buildEngine } from '../build.ts';
import { type PlayedStep, playThrough } from '../playthrough.ts';
import { compileRaw, RawEngine } from '../raw-engine.ts';
import { FREE_SPINS, LINE_BET_MILLIONTHS, MAX_SPIN_LINE_BETS } from './assembly/maths.ts';
import { computeFigures, payOf, triggersOn } from './rtp.ts';

/** What README.md promises to game clients. */
const View = z.strictObject({
  outcome: z.strictObject({
    multiplier: z.int(),
    wins: z.array(
      z.strictObject({ symbol: z.string(), lines: z.array(z.int()), payout_millionths: z.int() }),
    ),
  }),
  public_state: z.strictObject({ grid: z.string(), free_spins: z.int(), won_millionths: z.int() }),
  bonus_triggered: z.strictObject({ free_spins: z.literal(FREE_SPINS) }).nullable(),
});

interface Step extends PlayedStep {
  readonly seen: z.infer<typeof View>;
  /** What each reel shows, from the top. */
  readonly reels: readonly string[];
}

let engine: RawEngine;
let played: readonly Step[];
beforeAll(async () => {
  engine = new RawEngine(await compileRaw((await buildEngine('starter-slot')).path));
  played = playThrough(engine, engine.capabilities().actions, 10_000).map((step) => {
    const seen = View.parse(JSON.parse(step.answer.view));
    const rows = seen.public_state.grid.split('/');
    return { ...step, seen, reels: [0, 1, 2].map((reel) => rows.map((row) => row[reel] ?? '').join('')) };
  });
});

describe('starter-slot', () => {
  it('pays what its grid pays by the rules, times the multiplier of the spin', () => {
    for (const { reels, seen, answer } of played) {
      const { multiplier, wins } = seen.outcome;
      expect(answer.payoutMillionths).toBe(BigInt(payOf(reels) * multiplier * LINE_BET_MILLIONTHS));
      expect(BigInt(wins.reduce((sum, win) => sum + win.payout_millionths, 0))).toBe(answer.payoutMillionths);
    }
  });

  it('gives free spins for a scatter on every reel of a paid spin, and counts them and their wins', () => {
    let left = 0;
    let won = 0n;
    for (const { step, reels, seen, answer } of played) {
      const triggered = step === 0 && triggersOn(reels);
      left = triggered ? FREE_SPINS : Math.max(left - 1, 0);
      won = step === 0 ? 0n : won + answer.payoutMillionths;
      expect(seen.bonus_triggered !== null).toBe(triggered);
      expect(answer.bonusActive).toBe(left > 0);
      expect(seen.public_state).toMatchObject({ free_spins: left, won_millionths: Number(won) });
    }
  });

  it('declares the figures that its full cycle gives', () => {
    const figures = computeFigures();
    expect(engine.capabilities().modes).toMatchObject([
      { rtpMillionths: figures.rtpMillionths, maxWinMillionths: figures.maxWinMillionths },
    ]);
    expect(figures.maxSpinLineBets).toBe(MAX_SPIN_LINE_BETS);
  });
});
