import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CertificationReport } from '../../shared/simulation/report.ts';
import { reportPage } from '../../shared/simulation/report-page.ts';
import { convergenceOf, payoutOf } from '../../shared/simulation/run-parts.ts';
import { simulate } from '../../shared/engines/host/simulation.ts';
import { loadBuiltEngine } from '../built-engine.ts';
import { modeOf } from './certify.ts';
import { playRounds } from './reel-tests.ts';
import { theoryOf } from './theory.ts';

const file = (name: string) => readFileSync(new URL(`../happy-panda/${name}`, import.meta.url), 'utf8');

describe("Happy Panda's report", async () => {
  const report = JSON.parse(file('certification.json')) as CertificationReport;
  const engine = await loadBuiltEngine('happy-panda');
  const seed = new Uint8Array(Buffer.from(report.run.seed, 'hex'));

  it('is of the engine as it is now: after a change, simulate it again', () => {
    expect(report.engine.sha256).toBe(engine.hash);
  });

  it('shows that 100 million rounds agree with the exact return', async () => {
    const rtp = (await theoryOf('happy-panda'))?.exact(report.engine.mode)?.rtp ?? Number.NaN;
    expect(report.run.rounds).toBe('100000000');
    expect(report.passed).toBe(true);
    expect(report.exact?.rtp).toBe(rtp);
    expect(report.measured.interval_99.from).toBeLessThan(rtp);
    expect(report.measured.interval_99.to).toBeGreaterThan(rtp);
  });

  it('has the return that its first rounds come to when they are played again', () => {
    const { mode, index } = modeOf(engine.capabilities.modes, report.engine.mode);
    const [first] = report.convergence;
    const tally = simulate(engine, { seed, first: 0n, rounds: first?.rounds ?? 0, mode: index });
    expect(convergenceOf([payoutOf(tally)], mode.priceMillionths)).toEqual([first]);
  });

  it('has the reels that those rounds show', async () => {
    const theory = await theoryOf('happy-panda');
    const rounds = report.reels[0]?.observations ?? 0;
    const { reels } = playRounds(engine, theory, { seed, mode: report.engine.mode, rounds });
    expect(
      report.reels.map(({ reel, observations, chi_square }) => [reel, observations, chi_square]),
    ).toEqual(reels.map(({ reel, observations, statistic }) => [reel, observations, statistic]));
    expect(reels).toHaveLength(10);
  });

  it('is the page that its figures make', () => {
    expect(file('certification.html')).toBe(reportPage(report));
  });
});
