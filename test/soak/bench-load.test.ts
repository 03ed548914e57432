import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LoadReport } from '../load/report.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rgs-bench-load-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('npm run bench:load plays a stack of its own, checks every sum and writes its report', async () => {
  const file = path.join(folder, 'report.json');
  const words = ['test/load/run.command.ts', '--seconds', '5', '--players', '2', '--report', file];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(stdout).toMatch(/rounds\/s .*\n.*\n\| 2 /);

  expect((await readdir(folder)).sort()).toEqual(['report.json', 'report.md', 'report.svg']);
  const { levels } = LoadReport.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(levels).toMatchObject([{ players: 2, seconds: 5 }]);
  const [level] = levels;
  expect(level?.rounds).toBeGreaterThan(0);
  expect(level?.checkedRounds).toBeGreaterThanOrEqual(level?.rounds ?? 0);
  expect(level?.checkedWalletEntries).toBeGreaterThan(0);
  expect(level?.withoutWallet.p50Ms).toBeLessThan(level?.withWallet.p50Ms ?? 0);
});
