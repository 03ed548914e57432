import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { handler } from './handler.ts';

const TASK = {
  simulationId: '7a5b1c9e-3f64-4d0a-9a54-1f2f6a0f3c11',
  engineHash: 'ab'.repeat(32),
  seed: '07'.repeat(32),
  mode: 'base',
  first: 0,
  rounds: 1_000,
  partRounds: 100,
};
const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 60_000 } as never;

describe('a shard', () => {
  it.each([
    ['an id that is none', { simulationId: '../../engines' }, '/simulationId'],
    ['a hash that is none', { engineHash: 'latest' }, '/engineHash'],
    ['a short seed', { seed: 'ab' }, '/seed'],
    ['a first round below zero', { first: -1 }, '/first'],
    ['no rounds', { rounds: 0 }, '/rounds'],
    ['half a round', { rounds: 1.5 }, '/rounds'],
    ['parts longer than an engine takes', { partRounds: 2 ** 25 }, '/partRounds'],
    ['more parts than a function has time for', { rounds: 1e12, partRounds: 1 }, '/partRounds'],
    ['a field that nobody knows', { speed: 'high' }, 'speed'],
  ])('is refused with %s before anything is read', async (_, change, at) => {
    process.env['ENGINES_BUCKET'] = 'engines';
    process.env['SIMULATIONS_BUCKET'] = 'simulations';
    const error = await handler({ ...TASK, ...change }, context).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining(at) });
  });
});

describe('the bundle', () => {
  const modulesOf = async (name: string) => {
    const { metafile } = await build({
      entryPoints: [path.join(import.meta.dirname, '..', name, 'handler.ts')],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
    });
    const [output] = Object.values(metafile.outputs);
    return Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  };

  it.each([
    ['simulate-shard', false],
    ['merge-simulation', true],
  ])('of %s has the library of statistics: %s', async (name, wanted) => {
    const modules = await modulesOf(name);
    expect(modules.some(([file]) => file.includes('/jstat/'))).toBe(wanted);
  });
});
