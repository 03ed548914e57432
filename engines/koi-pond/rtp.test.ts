import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineCapabilities } from '../../shared/engines/engines.ts';
import { buildEngine } from '../build.ts';
import { compileRaw, RawEngine } from '../raw-engine.ts';
import { MAX_SPIN_MILLIONTHS, REELS, SYMBOLS, WAY_PAYS } from './assembly/maths.ts';
import { computeFigures, enumerateCycle } from './rtp.ts';

let capabilities: EngineCapabilities;
beforeAll(async () => {
  capabilities = new RawEngine(await compileRaw((await buildEngine('koi-pond')).path)).capabilities();
});

describe("koi-pond's declared figures", () => {
  it('are those that the enumeration of its full cycle gives, in each mode', () => {
    const figures = computeFigures();
    expect(capabilities.modes).toEqual([
      {
        name: 'base',
        priceMillionths: 1_000_000n,
        rtpMillionths: figures.baseRtpMillionths,
        maxWinMillionths: figures.baseMaxWinMillionths,
      },
      {
        name: 'gamble',
        priceMillionths: 1_000_000n,
        rtpMillionths: figures.baseRtpMillionths,
        maxWinMillionths: figures.gambleMaxWinMillionths,
      },
      {
        name: 'buy',
        priceMillionths: 26_000_000n,
        rtpMillionths: figures.buyRtpMillionths,
        maxWinMillionths: figures.buyMaxWinMillionths,
      },
    ]);
    expect(BigInt(MAX_SPIN_MILLIONTHS)).toBe(figures.maxSpinMillionths);
  });
});

describe('the enumeration of the cycle', () => {
  it('accounts for every combination', () => {
    const { combinations, plain, triggering } = enumerateCycle();
    const counted = [...plain.values(), ...triggering.values()].reduce((sum, ways) => sum + ways, 0n);
    expect(counted).toBe(combinations);
  });

  it('gives the mean that follows from each symbol and reel alone', () => {
    // The reels are independent, so a run's expected ways are the product of each reel's expected cells.
    const reels = REELS.map((strip) => strip.split(''));
    const cellsOf = (symbol: string, reel: number): number[] =>
      (reels[reel] ?? []).map((_, stop, strip) => {
        const shown = [0, 1, 2].map((row) => strip[(stop + row) % strip.length]);
        return shown.filter((cell) => cell === symbol || (reel > 0 && cell === 'W')).length;
      });
    let mean = 0;
    for (const [index, symbol] of SYMBOLS.split('').entries()) {
      if (symbol === 'W') continue;
      for (const [run, pay] of (WAY_PAYS[index] ?? []).entries()) {
        let expected = pay;
        for (let reel = 0; reel <= run; reel++) expected *= average(cellsOf(symbol, reel));
        if (run < 4) expected *= average(cellsOf(symbol, run + 1).map((cells) => Number(cells === 0)));
        mean += expected;
      }
    }
    const { combinations, plain, triggering } = enumerateCycle();
    const total = [...plain, ...triggering].reduce((sum, [pay, ways]) => sum + BigInt(pay) * ways, 0n);
    expect(Number(total) / Number(combinations)).toBeCloseTo(mean, 5);
  });
});

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
