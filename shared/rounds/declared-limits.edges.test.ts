import { describe, expect, it } from 'vitest';
import { sampleIntent } from './sample-round.fixture.ts';
import type { EngineCapabilities } from '../engines/engines.ts';
import { keepsToDeclared } from './declared-limits.ts';

const mode = { priceMillionths: 1_000_000n, rtpMillionths: 960_000n };
const capabilities: EngineCapabilities = {
  engineId: 'coin',
  buildId: '1',
  stateEncoding: 'count:v1',
  actions: [
    { name: 'ante', phase: 'base', mode: 'high', code: 0 },
    { name: 'spin', phase: 'base', mode: 'low', code: 1 },
    { name: 'free_spin', phase: 'bonus', code: 2 },
  ],
  modes: [
    { ...mode, name: 'high', maxWinMillionths: 100n },
    { ...mode, name: 'low', maxWinMillionths: 50n },
  ],
  lines: 20,
  maxHorizon: 3,
  preferredBatch: 1,
};
const keeps = (round: Parameters<typeof sampleIntent>[0], payoutMillionths: bigint, bonusActive = false) =>
  keepsToDeclared(capabilities, sampleIntent(round), { payoutMillionths, bonusActive });
const bonusOf = (openedBy: string, steps: number, payoutMillionths: bigint) =>
  ({ kind: 'bonus', action: 'free_spin', gameSoFar: { openedBy, steps, payoutMillionths } }) as const;

describe('The limits of a step', () => {
  it('A step is held to the largest win of the mode that its game was opened in', () => {
    expect([50n, 51n].map((payout) => keeps({ action: 'spin' }, payout))).toEqual([true, false]);
    expect([100n, 101n].map((payout) => keeps({ action: 'ante' }, payout))).toEqual([true, false]);
    expect([60n, 61n].map((payout) => keeps(bonusOf('ante', 1, 40n), payout))).toEqual([true, false]);
  });

  it('A step may be the last one that is declared where the game ends with it', () => {
    expect(keeps(bonusOf('spin', 1, 0n), 0n, true)).toBe(true);
    expect(keeps(bonusOf('spin', 2, 0n), 0n, true)).toBe(false);
    expect(keeps(bonusOf('spin', 2, 0n), 0n, false)).toBe(true);
  });

  it('A step is refused where the engine no longer declares the action or the mode that opened the game', () => {
    expect(keeps(bonusOf('gamble', 1, 0n), 0n)).toBe(false);
    expect(keeps(bonusOf('free_spin', 1, 0n), 0n)).toBe(false);
  });

  it('A step is kept where its game is unknown, because an earlier step did not record it', () => {
    expect(keeps({ kind: 'bonus', action: 'free_spin', gameSoFar: undefined }, 1_000n, true)).toBe(true);
  });
});
