import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBuild } from '../simulation/build.ts';
import failedSeeds from '../simulation/failed-seeds.json' with { type: 'json' };
import { pairs } from '../simulation/faults.ts';
import { mistakes, planted, type Planted } from '../simulation/mistakes.ts';
import { Pool } from '../simulation/pool.ts';
import { simulate } from '../simulation/simulate.ts';
import { MOST_WAITING_MS } from '../simulation/waiting-credits.ts';

const MOST_SPINS = 20_000;

describe('the simulation of the product', () => {
  let pool: Pool;
  beforeAll(async () => {
    pool = new Pool(await testBuild(), 1);
  });
  afterAll(() => pool.close());

  it('finds no broken rule, and does the same again byte for byte with the same seed', async () => {
    const run = () => simulate(pool, { seed: 'twice', spins: 1_000 });
    const first = await run();
    expect(first.failure).toBeUndefined();
    expect(first.totals.faults).toBeGreaterThan(1_000);
    expect(await run()).toEqual(first);
    const trace = () => pool.play({ seed: 'twice', index: 0, trace: true });
    expect((await trace()).lines).toEqual((await trace()).lines);
  });

  it('does the same again with the same seed where all calls pass through the adapters', async () => {
    const run = () => simulate(pool, { seed: 'adapters', spins: 200, adapters: true });
    const first = await run();
    expect(first.failure).toBeUndefined();
    expect(await run()).toEqual(first);
    const [through, around] = await Promise.all(
      [true, false].map((adapters) => pool.play({ seed: 'adapters', index: 0, adapters })),
    );
    expect(through?.digest).not.toBe(around?.digest);
  });

  it('does something else with another seed', async () => {
    const [one, other] = [await pool.play({ seed: '1', index: 0 }), await pool.play({ seed: '2', index: 0 })];
    expect(other.digest).not.toBe(one.digest);
  });

  it('names the pairs of call and fault that it never tried', async () => {
    const { totals, unvisited } = await simulate(pool, { seed: 'short', spins: 1 });
    expect(unvisited.length).toBeGreaterThan(0);
    expect(new Set([...unvisited, ...totals.pairs.keys()])).toEqual(new Set(pairs));
  });

  it('credits every win once, and soon, when a wallet comes back after a day', async () => {
    const { violation, lastCreditAfterMs } = await pool.letCreditsWait({ seed: 'waiting', credits: 20 });
    expect(violation).toBeUndefined();
    expect(lastCreditAfterMs).toBeGreaterThan(0);
    expect(lastCreditAfterMs).toBeLessThanOrEqual(MOST_WAITING_MS);
  });

  it("credits an operator's wins soon while another operator's have kept every function busy for hours", async () => {
    const { violation, lastNeighbourAfterMs } = await pool.letCreditsWait({
      seed: 'neighbours',
      credits: 2_000,
      downMs: 2 * 3_600_000,
      recoveryConcurrency: 4,
    });
    expect(violation).toBeUndefined();
    expect(lastNeighbourAfterMs).toBeLessThanOrEqual(MOST_WAITING_MS);
  });

  it.each(failedSeeds)('no longer fails by $seed, world $world: $found', async ({ seed, world }) => {
    expect((await pool.play({ seed, index: world })).violation).toBeUndefined();
  });
});

describe('a mistake in the source', () => {
  // Each plays in a thread of its own, so two of them use two cores.
  it.concurrent.each(mistakes)(
    '%s is found, with the shortest schedule that shows it',
    async (mistake) => {
      const pool = new Pool(await testBuild(mistake), 1);
      const { foundBy, inAdapters, seed = 'planted' }: Planted = planted[mistake];
      const run = { seed, ...(inAdapters && { adapters: true }) };
      try {
        const { totals, failure } = await simulate(pool, { ...run, spins: MOST_SPINS });
        expect(totals.spins).toBeLessThan(MOST_SPINS);
        if (!failure) throw new Error('nothing was found');
        const { index, schedule, message, trace } = failure;
        const again = await pool.play({ ...run, index, allowed: schedule, trace: true });
        expect(again.violation?.message).toBe(message);
        expect(again.lines).toEqual(trace);
        if (foundBy !== undefined) expect(again.violation?.rule).toBe(foundBy);
        for (const left of schedule) {
          const allowed = schedule.filter((decision) => decision !== left);
          const { violation } = await pool.play({ ...run, index, allowed });
          expect(violation?.rule).not.toBe(again.violation?.rule);
        }
      } finally {
        await pool.close();
      }
    },
    300_000,
  );

  it.each(mistakes.filter((mistake) => 'inAdapters' in planted[mistake]))(
    '%s is not found by worlds that go around the adapters',
    async (mistake) => {
      const pool = new Pool(await testBuild(mistake), 1);
      try {
        const around = await simulate(pool, { seed: 'planted', spins: 1_000, adapters: false });
        expect(around.failure).toBeUndefined();
      } finally {
        await pool.close();
      }
    },
    60_000,
  );
});
