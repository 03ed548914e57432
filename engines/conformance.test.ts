import { describe, expect, it } from 'vitest';
import { buildEngine, buildModule, engineNames, gamesWithoutGolden } from './build.ts';
import { describeConformance } from './conformance.ts';
import { describeSimulation } from './conformance-simulation.ts';
import { readGolden } from './golden.ts';
import { playThrough } from './playthrough.ts';
import { compileRaw, RawEngine } from './raw-engine.ts';

const names = engineNames();

for (const name of names) {
  const subject = {
    name,
    module: async () => compileRaw((await buildEngine(name)).path),
    golden: () => readGolden(name),
  };
  describeConformance(subject);
  describeSimulation(subject);
}

describe('a game of this folder', () => {
  it('has a golden playthrough', () => {
    expect(names.length).toBeGreaterThan(0);
    expect(gamesWithoutGolden(names)).toEqual([]);
    expect(gamesWithoutGolden(['happy-panda', 'none-of-them'])).toEqual(['none-of-them']);
  });

  it.each(names)('%s has the name of its folder', async (name) => {
    const engine = new RawEngine(await compileRaw((await buildEngine(name)).path));
    expect(engine.capabilities().engineId).toBe(name);
  });

  it.each(names)('%s allocates nothing in a step or a simulation', async (name) => {
    const entries = [`engines/${name}/assembly/index.ts`, 'engines/sdk/assembly/allocation-probe.ts'];
    const { path } = await buildModule(`${name}.allocations`, entries);
    const engine = new RawEngine(await compileRaw(path));
    const { next_allocation: next } = engine.exports as { readonly next_allocation: () => number };
    const { actions, modes } = engine.capabilities();
    playThrough(engine, actions, 10);
    const step = -(next() - next());
    const before = next();
    const pages = engine.memory.length;
    playThrough(engine, actions, 5_000);
    for (const mode of modes.keys()) {
      const batch = new Uint8Array(45).fill(mode, 44).fill(100, 40, 41);
      expect(engine.call('rgs_simulate', batch)).toBeGreaterThan(0);
    }
    expect(step).toBeGreaterThan(0);
    expect(next()).toBe(before + step);
    expect(engine.memory.length).toBe(pages);
  });
});
