import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CertificationReport } from '../../shared/certification/report.ts';
import { reportPage } from '../../shared/certification/report-page.ts';
import { builtArtefact } from '../built-engine.ts';

const file = (name: string) => readFileSync(new URL(`../happy-panda/${name}`, import.meta.url), 'utf8');

describe("Happy Panda's report", () => {
  const report = JSON.parse(file('certification.json')) as CertificationReport;

  it('is of the engine as it is now: after a change, simulate it again', async () => {
    expect(report.engine.sha256).toBe((await builtArtefact('happy-panda')).hash);
  });

  it('shows that 100 million rounds agree with the exact return', () => {
    expect(report.run.rounds).toBe('100000000');
    expect(report.passed).toBe(true);
    const { from, to } = report.measured.interval_99;
    expect(report.exact?.rtp).toBe(0.961511);
    expect(from).toBeLessThan(0.961511);
    expect(to).toBeGreaterThan(0.961511);
  });

  it('is the page that its figures make', () => {
    expect(file('certification.html')).toBe(reportPage(report));
  });
});
