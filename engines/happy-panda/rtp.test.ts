import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import type { SimulationResult } from '../../shared/engines/simulation.ts';
import { loadBuiltEngine } from '../built-engine.ts';
import { MAX_FREE_SPIN_PAY } from './assembly/maths.ts';
import { computeFigures } from './rtp.ts';
import { theory } from './theory.ts';

const ROUNDS = 4_000_000;
/** The 99 % interval of a normal distribution, in standard deviations of the mean. */
const DEVIATIONS = 2.576;

const figures = computeFigures();
let engine: LoadedEngine;
let played: SimulationResult;

beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
  const seed = createHash('sha256').update('happy-panda, return to player').digest();
  played = simulate(engine, { seed, first: 0n, rounds: ROUNDS });
}, 60_000);

describe("happy-panda's declared figures", () => {
  it('are those that the enumeration of its full cycle gives', () => {
    expect(engine.capabilities.modes).toEqual([
      {
        name: 'base',
        priceMillionths: 1_000_000n,
        rtpMillionths: figures.rtpMillionths,
        maxWinMillionths: figures.maxWinMillionths,
      },
    ]);
    expect(MAX_FREE_SPIN_PAY).toBe(figures.maxFreeSpinPay);
  });

  it('are the exact ones to six decimals, rounded down, and those are not cut', () => {
    const exact = theory.exact('base');
    expect((exact?.baseRtp ?? 0) + (exact?.featureRtp ?? 0)).toBeCloseTo(exact?.rtp ?? 1, 14);
    expect(BigInt(Math.floor((exact?.rtp ?? 0) * 1e6))).toBe(figures.rtpMillionths);
  });

  it('return about 96 %, with a win in about every fourth spin', () => {
    expect(figures.rtp).toBeCloseTo(0.96, 2);
    expect(figures.hitFrequency).toBeGreaterThan(0.25);
    expect(figures.hitFrequency).toBeLessThan(0.3);
  });
});

describe('four million simulated rounds', () => {
  it.each([
    ['the whole return', 'roundSquares', figures.rtp],
    ["the paid spins' return", 'baseSquares', figures.baseRtp],
    ["the bonus's return", 'bonusSquares', figures.bonusRtp],
  ] as const)('agree with %s', (_, squares, expected) => {
    const total = {
      roundSquares: played.basePayout + played.bonusPayout,
      baseSquares: played.basePayout,
      bonusSquares: played.bonusPayout,
    }[squares];
    const mean = Number(total) / ROUNDS;
    const variance = Number(played[squares]) / ROUNDS - mean ** 2;
    expect(Math.abs(mean - expected * 1e6)).toBeLessThan(DEVIATIONS * Math.sqrt(variance / ROUNDS));
  });

  it.each([
    ['triggers', 'bonuses', figures.triggerFrequency],
    ['wins', 'hits', figures.hitFrequency],
  ] as const)('agree with the number of %s', (_, counter, chance) => {
    const deviation = Math.sqrt(ROUNDS * chance * (1 - chance));
    expect(Math.abs(Number(played[counter]) - ROUNDS * chance)).toBeLessThan(DEVIATIONS * deviation);
  });

  it('never win more than the declared maximum, and are all in the histogram', () => {
    expect(played.maxWin).toBeLessThanOrEqual(figures.maxWinMillionths);
    expect(played.histogram.reduce((sum, { rounds }) => sum + rounds, 0n)).toBe(BigInt(ROUNDS));
    expect(played.histogram[0]).toEqual({ fromMillionths: 0n, rounds: BigInt(ROUNDS) - played.hits });
  });
});
