import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificationReport } from '../../shared/simulation/report.ts';

const ID = '3f1c2a4e-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const SEED = '5a'.repeat(32);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function simulate(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ['infra/commands/simulate.command.ts', ...options];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
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
    expect([one.code, three.code], one.stdout + one.stderr).toEqual([0, 0]);
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

  it.each([
    [['no-such-game'], /no engine in engines\/no-such-game/],
    [['tic-tac-toe'], /played for no money/],
    [['happy-panda', '--mode', 'turbo'], /no mode turbo; there are base/],
    [['koi-pond', '--mode', 'gamble', '--exact'], /no exact figures of koi-pond in mode gamble/],
    [['happy-panda', '--rounds', '0'], /--rounds/],
    [['happy-panda', '--rounds', '1e400'], /--rounds/],
    [['happy-panda', '--seed', 'abc'], /--seed .* 32 bytes/],
    [['happy-panda', '--stage', 'local', '--workers', '2'], /--workers is for a run on this machine/],
    [['happy-panda', '--stage', 'local', '--rounds', '2000000000000'], /<=800000000000 .* at rounds/],
    [['happy-panda', '--shard-rounds', '1000'], /--shard-rounds is for a run on a stage/],
    [['happy-panda', '--resume', ID], /--resume is for a run on a stage/],
    [['happy-panda', '--stage', 'local', '--resume', ID, '--rounds', '9'], /--rounds was settled/],
    [['happy-panda', '--stage', 'local', '--resume', ID, '--exact'], /--exact was settled/],
    [[], /NAME is missing; npm run simulate -- --help/],
  ])('says in one line why it cannot run, and exits with 2: %j', async (options, line) => {
    const { code, stderr, stdout } = await simulate(...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim()).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
