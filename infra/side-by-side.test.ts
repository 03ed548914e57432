import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

it('Scripts side by side fail where one of them fails, and all that they say is printed', () => {
  // `npm run env` is npm's own, and needs no script.
  const words = ['infra/side-by-side.ts', 'env', 'no-such-script'];
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toContain('npm_lifecycle_event=env');
  expect(stdout).toContain('Missing script: "no-such-script"');
  const alone = spawnSync(process.execPath, words.slice(0, 2), { cwd: ROOT, encoding: 'utf8' });
  expect(alone.status).toBe(0);
});
