import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const COMMAND = 'engines/certification/rng/verify.command.ts';

it('npm run verify:rng tells of every test whether it passed, and exits with 0', async () => {
  const options = ['--samples', '55', '--words', '4096', '--seed', 'command'];
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...options]);
  expect(stdout.match(/^passed {2}/gm)).toHaveLength(7);
  expect(stdout).toContain('Every test passed.');
});

it('npm run verify:rng with fewer words than its tests need says so, and exits with 2', async () => {
  const run = promisify(execFile)(process.execPath, [COMMAND, '--words', '10']);
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('words') });
});

it('npm run verify:rng -- --raw writes words until its reader has had enough, and ends by itself', async () => {
  const child = spawn(process.execPath, [COMMAND, '--raw', '--seed', 'raw'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let bytes = 0;
  for await (const chunk of child.stdout) {
    bytes += (chunk as Buffer).length;
    if (bytes > 1_000_000) break;
  }
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(await exited).toBe(0);
});
