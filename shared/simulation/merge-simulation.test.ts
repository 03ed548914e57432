import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeShard, encodeShard } from './adapters/shard-record.ts';
import type { DistributedRun, ShardResult } from './simulation.ts';
import { mergeSimulation } from './merge-simulation.ts';
import { simulateShard } from './simulate-shard.ts';
import { countedEngine, sampleRun, StoredSimulations, tasksOf } from './simulation.fixture.ts';

const engines = { load: async () => countedEngine };

async function simulated(run: DistributedRun): Promise<StoredSimulations> {
  const simulations = new StoredSimulations();
  for (const task of tasksOf(run))
    await simulateShard({ engines, simulations, remainingMs: () => 60_000 }, task);
  return simulations;
}

describe('A simulation in shards', () => {
  it('A simulation gives the same report to the byte, wherever it is cut', async () => {
    const report = async (rounds: number, shardRounds: number) => {
      const run = sampleRun(rounds, shardRounds);
      const simulations = await simulated(run);
      await mergeSimulation({ engines, simulations }, run);
      return { shards: simulations.shards.size, report: simulations.reports };
    };
    const runs = fc.record({
      rounds: fc.integer({ min: 2, max: 20_000 }),
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ rounds, share }) => {
        const whole = await report(rounds, rounds);
        const cut = await report(rounds, Math.ceil(rounds * share));
        expect(whole.report).toHaveLength(1);
        expect(cut.report).toEqual(whole.report);
      }),
      { numRuns: 40 },
    );
  });

  it('A simulation in shards counts every round once', async () => {
    const run = sampleRun(70_000, 10_000);
    const simulations = await simulated(run);
    expect(simulations.shards.size).toBe(8);
    await mergeSimulation({ engines, simulations }, run);
    const { run: told, measured, histogram } = JSON.parse(simulations.reports[0]?.json ?? '');
    expect(told.rounds).toBe('70000');
    expect(measured.rtp).toBe(3);
    expect(histogram.map(({ rounds }: { rounds: string }) => rounds)).toEqual(Array(7).fill('10000'));
  });

  it('A simulation is the same when a shard is simulated twice', async () => {
    const run = sampleRun(40_000, 10_000);
    const simulations = await simulated(run);
    const before = [...simulations.shards];
    const [task] = tasksOf(run);
    if (task) await simulateShard({ engines, simulations, remainingMs: () => 60_000 }, task);
    expect([...simulations.shards]).toEqual(before);
  });
});

describe('A merge', () => {
  const run = sampleRun(40_000, 10_000);
  let simulations: StoredSimulations;
  beforeEach(async () => {
    simulations = await simulated(run);
  });

  const change = (edit: (shard: ShardResult) => ShardResult) => {
    const text = simulations.shards.get(20_000) ?? '';
    simulations.shards.set(20_000, encodeShard(edit(decodeShard(text))));
  };
  const expectRefusal = async (code: string, words: RegExp) => {
    const error = await mergeSimulation({ engines, simulations }, run).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(simulations.reports).toEqual([]);
  };

  it('A merge refuses a run that lacks a shard', async () => {
    simulations.shards.delete(20_000);
    await expectRefusal('SIMULATION_INCOMPLETE', /round 20000 on is missing/);
  });

  it.each([
    ['engine', { engineHash: 'cd'.repeat(32) }],
    ['seed', { seed: '08'.repeat(32) }],
    ['mode', { mode: 'turbo' }],
    ['first round', { first: 10_000 }],
    ['length', { rounds: 9_600 }],
  ])('A merge refuses a shard with another %s', async (_, other) => {
    change((shard) => ({ ...shard, ...other }));
    await expectRefusal('SIMULATION_INCOMPLETE', /round 20000 on is that of another run/);
  });

  it('A merge refuses a shard that counts fewer rounds than it should', async () => {
    change((shard) => ({ ...shard, tally: { ...shard.tally, rounds: 9_999n } }));
    await expectRefusal('SIMULATION_INCOMPLETE', /counts 9999 of 10000 rounds/);
  });

  it('A merge refuses a shard that counts in other buckets than the others', async () => {
    change((shard) => ({
      ...shard,
      tally: {
        ...shard.tally,
        histogram: shard.tally.histogram.map((bucket) => ({
          ...bucket,
          fromMillionths: 2n * bucket.fromMillionths,
        })),
      },
    }));
    await expectRefusal('SIMULATION_INCOMPLETE', /round 20000 on counts in other buckets/);
  });

  it.each([{ hits: 10_001n }, { roundSquares: 1n }, { histogram: [{ fromMillionths: 0n, rounds: 9_999n }] }])(
    'refuses a shard with figures that no rounds can reach: %o',
    async (counts) => {
      change((shard) => ({ ...shard, tally: { ...shard.tally, ...counts } }));
      await expectRefusal('SIMULATION_INCOMPLETE', /round 20000 on counts what no rounds can come to/);
    },
  );

  it('A merge refuses a shard whose parts pay another sum than the whole', async () => {
    change((shard) => ({ ...shard, payouts: shard.payouts.with(3, 1n) }));
    await expectRefusal('SIMULATION_INCOMPLETE', /parts .* do not add up/);
  });

  it('A merge refuses a shard that cannot be read', async () => {
    simulations.shards.set(20_000, '{"format":2}');
    await expectRefusal('CORRUPT_RECORD', /A shard cannot be read/);
  });
});

describe('A shard', () => {
  const [task] = tasksOf(sampleRun(1_000, 1_000));
  if (!task) throw new Error('There is no shard');

  it('A shard is not kept where its time runs out', async () => {
    const simulations = new StoredSimulations();
    let leftMs = 50;
    const ports = { engines, simulations, remainingMs: () => (leftMs -= 1) };
    await expect(simulateShard(ports, task)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(simulations.shards.size).toBe(0);
  });

  it('A shard is refused where the engine does not have its mode', async () => {
    const ports = { engines, simulations: new StoredSimulations(), remainingMs: () => 60_000 };
    await expect(simulateShard(ports, { ...task, mode: 'turbo' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'There is no mode turbo; there are base',
    });
  });
});
