import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedEngine } from '../../shared/engine-host/loaded-engine.ts';
import { loadBuiltEngine } from '../built-engine.fixture.ts';
import { type GoldenRound, playGoldenRound } from './golden.ts';

let engine: LoadedEngine;
let golden: readonly GoldenRound[];
beforeAll(async () => {
  engine = await loadBuiltEngine('happy-panda');
  golden = JSON.parse(await readFile(new URL('golden.json', import.meta.url), 'utf8')) as GoldenRound[];
});

describe("happy-panda's golden playthrough", () => {
  it('is answered again, byte for byte', () => {
    for (const round of golden) {
      expect(playGoldenRound(engine, Buffer.from(round.seed, 'hex'))).toEqual(round);
    }
  });

  it('is answered the same by a fresh instance for every round', async () => {
    for (const round of golden) {
      const fresh = await loadBuiltEngine('happy-panda');
      expect(playGoldenRound(fresh, Buffer.from(round.seed, 'hex'))).toEqual(round);
    }
  });

  it('has losses, wins, a bonus and a retrigger', () => {
    const steps = golden.flatMap(({ steps }) => steps.map((step) => ({ ...step, ...decode(step.output) })));
    expect(steps.some(({ action, payout }) => action === 0 && payout === 0n)).toBe(true);
    expect(steps.some(({ action, payout }) => action === 0 && payout > 0n)).toBe(true);
    expect(steps.some(({ action, triggered }) => action === 0 && triggered)).toBe(true);
    expect(steps.some(({ action, triggered }) => action === 1 && triggered)).toBe(true);
  });
});

function decode(output: string): { payout: bigint; triggered: boolean } {
  const bytes = Buffer.from(output, 'base64');
  const payoutAt = 4 + bytes.readUInt32LE(0);
  return {
    payout: bytes.readBigInt64LE(payoutAt),
    triggered: (bytes.readUInt32LE(payoutAt + 8) & 2) !== 0,
  };
}
