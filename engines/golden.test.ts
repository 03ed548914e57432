import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildEngines } from './build.ts';
import { loadBuiltEngine } from './built-engine.ts';
import { type Golden, playGolden, readGolden } from './golden.ts';

const names = (await buildEngines()).map(({ name }) => name);

/** A game without a golden playthrough fails here. */
async function goldenOf(name: string): Promise<Golden> {
  return JSON.parse(await readFile(new URL(`${name}/golden.json`, import.meta.url), 'utf8')) as Golden;
}

function seedsOf({ rounds }: Golden): Uint8Array[] {
  return rounds.map(({ seed }) => Buffer.from(seed, 'hex'));
}

describe.each(names)('the golden playthrough of %s', (name) => {
  it('is answered again, byte for byte', async () => {
    const golden = await goldenOf(name);
    expect(playGolden(await loadBuiltEngine(name), seedsOf(golden))).toEqual(golden);
  });

  it('is answered the same by a fresh instance for every round, in any order', async () => {
    const golden = await goldenOf(name);
    for (const [index, seed] of [...seedsOf(golden).entries()].toReversed()) {
      const alone = playGolden(await loadBuiltEngine(name), [seed]);
      expect(alone.rounds).toEqual([golden.rounds[index]]);
    }
  });

  it('has losses and wins', async () => {
    const golden = await goldenOf(name);
    const first = golden.rounds.map(({ steps }) => readGolden(steps[0]?.output ?? '').payoutMillionths);
    expect(first).toContain(0n);
    expect(first.some((payout) => payout > 0n)).toBe(true);
  });
});

it("happy-panda's golden playthrough has a bonus with a retrigger", async () => {
  const { rounds } = await goldenOf('happy-panda');
  const triggers = rounds.map(({ steps }) => steps.map(({ output }) => readGolden(output).bonusTriggered));
  expect(triggers.some(([spin, ...freeSpins]) => spin === true && freeSpins.includes(true))).toBe(true);
});
