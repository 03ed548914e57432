import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificationReport } from '../../shared/simulation/report.ts';

const SEED = '5a'.repeat(32);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Fails where the command does not exit with 0. */
function simulate(...options: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['infra/commands/simulate.command.ts', ...options]);
}

describe('npm run simulate', () => {
  it('reports the same to the byte for any number of workers, and agrees with the exact figures', async () => {
    const run = (workers: number) => {
      const files = [
        '--json',
        path.join(folder, `${workers}.json`),
        '--html',
        path.join(folder, `${workers}.html`),
      ];
      const rest = ['--seed', SEED, '--exact', '--workers', String(workers), ...files];
      return simulate('happy-panda', '--rounds', '300001', ...rest);
    };
    const [one, three] = [await run(1), await run(3)];
    expect(one.stdout).toBe(three.stdout);
    expect(one.stdout).toContain('Every check passed.');
    expect(one.stderr).toContain('100 %');
    for (const kind of ['json', 'html']) {
      const texts = [1, 3].map((workers) => readFile(path.join(folder, `${workers}.${kind}`), 'utf8'));
      expect(await texts[0]).toBe(await texts[1]);
    }
    const report = JSON.parse(await readFile(path.join(folder, '1.json'), 'utf8')) as CertificationReport;
    expect(report.run).toEqual({ seed: SEED, rounds: '300001', price_bets: 1 });
    expect(report.convergence.at(-1)).toEqual({ rounds: 300_001, rtp: report.measured.rtp });
    expect(report.convergence.length).toBeGreaterThanOrEqual(99);
    expect(report.reels).toHaveLength(10);
    expect(report.exact?.rtp).toBeCloseTo(0.961511, 6);
  }, 120_000);
});
