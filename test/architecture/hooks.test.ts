import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const FORMATTED = "export const planted = 'planted';\n";
let clone: string;

/** A repository with the tools and their settings, in which the hooks are installed as CONTRIBUTING.md says. */
beforeEach(async () => {
  await mkdir(path.join(root, '.rgs'), { recursive: true });
  clone = await mkdtemp(path.join(root, '.rgs/hooks-'));
  for (const name of [
    '.biome.json',
    'oxlint.config.ts',
    '.gitignore',
    'tsconfig.json',
    'package.json',
    '.ci',
  ])
    await cp(path.join(root, name), path.join(clone, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
  await git('init', '--quiet');
  await git('config', 'core.hooksPath', '.ci/hooks');
});
afterEach(() => rm(clone, { recursive: true, force: true }));

async function git(...words: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
  // Whoever runs this test from a hook has variables that lead git to another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  try {
    const { stdout, stderr } = await promisify(execFile)('git', [...identity, ...words], { cwd: clone, env });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

async function commit(file: string, source: string, message = 'Plant a file'): ReturnType<typeof git> {
  await mkdir(path.dirname(path.join(clone, file)), { recursive: true });
  await writeFile(path.join(clone, file), source);
  await git('add', file);
  return git('commit', '-m', message);
}

describe('the hooks', () => {
  it('let a commit pass that is formatted, breaks no rule and has a short subject', async () => {
    expect(await commit('test/planted.ts', FORMATTED)).toMatchObject({ code: 0 });
  });

  it('let a commit pass that has no file for the tools', async () => {
    expect(await commit('docs/planted.md', '#  Planted\n')).toMatchObject({ code: 0 });
  });

  it('refuse a file that is not formatted', async () => {
    const { code, said } = await commit('test/planted.ts', 'export const planted = "planted"\n');
    expect(code).toBe(1);
    expect(said).toContain('test/planted.ts');
  });

  it('refuse a file that breaks a rule which needs types', async () => {
    const source = "import { readFile } from 'node:fs/promises';\n\nreadFile('planted');\n";
    const { code, said } = await commit('test/planted.ts', source);
    expect(code).toBe(1);
    expect(said).toContain('no-floating-promises');
  });

  it('look at what is staged only', async () => {
    await writeFile(path.join(clone, 'unstaged.ts'), 'export const planted = "planted"\n');
    expect(await commit('test/planted.ts', FORMATTED)).toMatchObject({ code: 0 });
  });

  it('take a subject of 72 characters, whatever their bytes, and refuse one more', async () => {
    const longest = 'ä'.repeat(72);
    expect(await commit('test/planted.ts', FORMATTED, `${longest}\n\nWhy.`)).toMatchObject({ code: 0 });
    const { code, said } = await commit('test/second.ts', FORMATTED, `${longest}a`);
    expect(code).toBe(1);
    expect(said).toContain('73 characters');
  });

  it('refuse a body that begins right behind the subject', async () => {
    const { code, said } = await commit('test/planted.ts', FORMATTED, 'Plant a file\nWhy.');
    expect(code).toBe(1);
    expect(said).toContain('second line');
  });
});
