import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The report that vitest writes of a run. */
const Report = z.object({ success: z.boolean(), numPassedTests: z.int() });

/** The files that a game is made and tested with. */
const PARTS = [
  'engines',
  'shared',
  'test/interleaved.ts',
  'test/vitest.config.ts',
  'package.json',
  '.biome.json',
  '.gitignore',
  '.rgs/engines',
];

/** Makes a checkout, as a game's author has one. */
let checkout: string;
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'new-engine-'));
  for (const part of PARTS) {
    await cp(join(root, part), join(checkout, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => rm(checkout, { recursive: true }));

/** A name after `--` is no option, whatever it begins with. */
function newEngine(...names: string[]): Promise<{ stdout: string }> {
  return run(process.execPath, ['engines/new.command.ts', '--', ...names], { cwd: checkout });
}

describe('a new game', () => {
  it('passes everything at once: it builds, plays as its golden playthrough, and meets its own tests and the shared ones', async () => {
    expect((await newEngine('tiger-2-moons')).stdout).toContain('engines/tiger-2-moons');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const suites = ['engines/tiger-2-moons', 'engines/conformance.test.ts', '-t', 'tiger-2-moons'];
    const options = [
      '--config',
      'test/vitest.config.ts',
      '--project',
      'unit',
      '--reporter=json',
      '--outputFile=report',
    ];
    await run(process.execPath, [vitest, 'run', ...options, ...suites], { cwd: checkout });
    const report = Report.parse(JSON.parse(await readFile(join(checkout, 'report'), 'utf8')));
    expect(report.success).toBe(true);
    expect(report.numPassedTests).toBeGreaterThan(20);
    await expect(run(process.execPath, ['engines/build.ts'], { cwd: checkout })).resolves.toBeDefined();
  }, 180_000);

  it('is formatted as the project is, however long its name is', async () => {
    const name = 'the-game-with-the-longest-name-that-there-may-be';
    await newEngine(name);
    const formatter = join(root, 'node_modules/@biomejs/biome/bin/biome');
    await run(process.execPath, [formatter, 'format', `engines/${name}`], { cwd: checkout });
  }, 60_000);

  it('has its own name everywhere, and none of the names of the template', async () => {
    await newEngine('paper-boat');
    const files = (await readdir(join(checkout, 'engines/paper-boat'), { recursive: true })).toSorted();
    expect(files).toContain(join('assembly', 'paper-boat.ts'));
    for (const file of files.filter((each) => /\.\w+$/.test(each))) {
      const text = await readFile(join(checkout, 'engines/paper-boat', file), 'utf8');
      expect(`${file} ${text}`).not.toMatch(/starter.?slot/i);
    }
  }, 60_000);

  it.each(['', 'Tiger', '2-tigers', 'tiger_moon', 'tiger--moon', '-tiger', '../tiger', 'a'.repeat(49)])(
    'is refused the name "%s"',
    async (name) => {
      await expect(newEngine(name)).rejects.toThrow('A name has lower-case letters');
    },
  );

  it.each(['happy-panda', 'sdk', 'certification'])(
    'is refused the name of what is there: %s',
    async (name) => {
      const before = await readdir(join(checkout, 'engines', name));
      await expect(newEngine(name)).rejects.toThrow('is there already');
      expect(await readdir(join(checkout, 'engines', name))).toEqual(before);
    },
  );

  it('is not left half made', async () => {
    const broken = join(checkout, 'engines/starter-slot/assembly/maths.ts');
    const whole = await readFile(broken, 'utf8');
    await writeFile(broken, `${whole}\nexport const MISTAKE = NOTHING;`);
    await expect(newEngine('half-moon')).rejects.toThrow('does not compile');
    expect(await readdir(join(checkout, 'engines'))).not.toContain('half-moon');
    await writeFile(broken, whole);
  }, 60_000);

  it('fails the build while nobody has recorded its playthrough', async () => {
    await rm(join(checkout, 'engines/starter-slot/golden.json'));
    const built = run(process.execPath, ['engines/build.ts'], { cwd: checkout });
    await expect(built).rejects.toThrow('starter-slot has no golden playthrough');
    await cp(
      join(root, 'engines/starter-slot/golden.json'),
      join(checkout, 'engines/starter-slot/golden.json'),
    );
  });
});
