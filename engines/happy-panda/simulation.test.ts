import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineError } from '../../shared/foundation/errors.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import type { SimulationResult } from '../../shared/engines/simulation.ts';
import { loadBuiltEngine } from '../built-engine.ts';

const seed = new Uint8Array(32).fill(9);
const counters = [
  'rounds',
  'hits',
  'bonuses',
  'bonusSteps',
  'basePayout',
  'bonusPayout',
  'baseSquares',
  'bonusSquares',
  'roundSquares',
] as const;

let engine: LoadedEngine;
beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
});

describe("happy-panda's simulation", () => {
  it('counts the same however the rounds are split into batches', () => {
    const whole = simulate(engine, { seed, first: 0n, rounds: 20_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (cut) => {
        const head = simulate(engine, { seed, first: 0n, rounds: cut });
        const tail = simulate(engine, { seed, first: BigInt(cut), rounds: 20_000 - cut });
        expect(sumOf(head, tail)).toEqual(withoutMax(whole));
        expect(head.maxWin > tail.maxWin ? head.maxWin : tail.maxWin).toBe(whole.maxWin);
      }),
      { numRuns: 10 },
    );
  });

  it('plays each round as rgs_step plays it, with the step index round x 65536 + step', () => {
    const first = 5_000;
    const rounds = 2_000;
    const replayed = {
      hits: 0n,
      bonuses: 0n,
      bonusSteps: 0n,
      basePayout: 0n,
      bonusPayout: 0n,
      roundSquares: 0n,
    };
    for (let round = first; round < first + rounds; round++) {
      const { base, bonus, bonusSteps } = replay(round);
      replayed.hits += base + bonus > 0n ? 1n : 0n;
      replayed.bonuses += bonusSteps > 0n ? 1n : 0n;
      replayed.bonusSteps += bonusSteps;
      replayed.basePayout += base;
      replayed.bonusPayout += bonus;
      replayed.roundSquares += (base + bonus) ** 2n;
    }
    expect(simulate(engine, { seed, first: BigInt(first), rounds })).toMatchObject(replayed);
    expect(replayed.bonuses).toBeGreaterThan(0n);
  });

  it.each([
    ['more rounds than a batch may have', 0n, 2 ** 24 + 1],
    ['a round whose steps have no nonce', 2n ** 48n - 1n, 2],
  ])('refuses %s', (_, first, rounds) => {
    expect(codeOf(() => simulate(engine, { seed, first, rounds }))).toBe('ENGINE_REJECTED');
  });

  it('plays the last round that has nonces', () => {
    expect(simulate(engine, { seed, first: 2n ** 48n - 1n, rounds: 1 }).rounds).toBe(1n);
  });
});

function replay(round: number) {
  let seen = engine.step({ state: engine.reset().state, action: 0, seed, stepIndex: round * 65_536 });
  const base = seen.payoutMillionths;
  let bonus = 0n;
  let bonusSteps = 0;
  while (seen.bonusActive) {
    bonusSteps += 1;
    seen = engine.step({ state: seen.state, action: 1, seed, stepIndex: round * 65_536 + bonusSteps });
    bonus += seen.payoutMillionths;
  }
  return { base, bonus, bonusSteps: BigInt(bonusSteps) };
}

function sumOf(head: SimulationResult, tail: SimulationResult) {
  return {
    ...Object.fromEntries(counters.map((name) => [name, head[name] + tail[name]])),
    histogram: head.histogram.map(({ fromMillionths, rounds }, bucket) => ({
      fromMillionths,
      rounds: rounds + (tail.histogram[bucket]?.rounds ?? 0n),
    })),
  };
}

function withoutMax(result: SimulationResult) {
  const { maxWin, ...rest } = result;
  expect(maxWin).toBeGreaterThan(0n);
  return rest;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as EngineError).code;
  }
}
