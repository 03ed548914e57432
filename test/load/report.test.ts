import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { latencyChart } from './chart.ts';
import { BENCH_LOAD } from './options.ts';
import { reportPage } from './report-page.ts';
import { LoadReport } from './report.ts';

describe('the load report in the documentation', () => {
  const file = path.resolve(BENCH_LOAD.options.report.default);
  const text = (ending: string) => readFileSync(file.replace(/\.json$/, ending), 'utf8');
  const report = LoadReport.parse(JSON.parse(text('.json')));

  it('has the three levels, with rounds and checked sums in each', () => {
    expect(report.levels.map(({ players }) => players)).toEqual([1, 16, 64]);
    for (const level of report.levels) {
      expect(level.seconds).toBeGreaterThanOrEqual(20);
      expect(level.checkedRounds).toBeGreaterThanOrEqual(level.rounds);
      expect(level.rounds).toBeGreaterThan(0);
      expect(level.withoutWallet.p50Ms).toBeLessThan(level.withWallet.p50Ms);
    }
  });

  it('is the page and the picture that these figures make', () => {
    const picture = path.basename(file).replace('.json', '.svg');
    expect(text('.md')).toBe(reportPage(report, picture));
    expect(text('.svg')).toBe(latencyChart(report));
  });
});
