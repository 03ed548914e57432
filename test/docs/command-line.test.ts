import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Scripts that run other programs, or several one after another. */
const NOT_COMMANDS = ['build', 'prestart', 'test'];

/** Every script that runs a file of this project, with the words before what a person types. */
const commands = Object.entries(scripts)
  .map(([script, text]) => ({ script, text, words: /^node (\S.*)$/.exec(text)?.[1]?.split(' ') ?? [] }))
  .filter(({ script, words }) => words.length > 0 && !NOT_COMMANDS.includes(script));

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

async function run(words: readonly string[], ...typed: readonly string[]): Promise<Ended> {
  try {
    const ended = await promisify(execFile)(process.execPath, [...words, ...typed], {
      cwd: ROOT,
      timeout: 30_000,
    });
    return { ...ended, code: 0 };
  } catch (error) {
    return error as Ended;
  }
}

describe('the scripts of package.json that are commands', () => {
  it('each run one file that is there', () => {
    expect(commands.length).toBeGreaterThanOrEqual(20);
    for (const { script, words } of commands)
      expect(existsSync(path.join(ROOT, words.at(-1) ?? '')), script).toBe(true);
  });

  it.each(commands)(
    '$script --help shows how it is used, its options and an example',
    async ({ script, words }) => {
      const { code, stdout, stderr } = await run(words, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const typed = script === 'start' ? 'npm start' : `npm run ${script}`;
      expect(stdout).toMatch(new RegExp(`^Usage: ${typed}\\b`));
      expect(stdout).toMatch(/^Options:\n(?: {2}\S.*\n)* {2}--help +\S/m);
      expect(stdout).toMatch(new RegExp(`^Example:\n  ${typed}\\b`, 'm'));
    },
  );

  it.each(commands)(
    '$script refuses an unknown option in one line and with exit code 2',
    async ({ words }) => {
      const { code, stdout, stderr } = await run(words, '--no-such-option');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^[^\n]*Unknown option '--no-such-option'[^\n]* --help [^\n]*\n$/);
    },
  );

  it.each(commands.filter(({ script }) => !/^(?:test:emulator|engine:(?:serve|record))$/.test(script)))(
    '$script refuses a word too many in one line and with exit code 2',
    async ({ words }) => {
      const { code, stdout, stderr } = await run(words, 'happy-panda', '0123abcd', 'many');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^[^\n]+\n$/);
    },
  );
});
