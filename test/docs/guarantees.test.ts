import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandEnvironment } from './commands.ts';
import { page, ROOT, section } from './pages.ts';

const guarantees = page('docs/guarantees.md');
const headings = [...guarantees.text.matchAll(/^## (\d\. .+)$/gm)].map(([, heading = '']) => heading);

interface NamedTest {
  readonly file: string;
  readonly title: string;
}

function namedTests(heading: string): NamedTest[] {
  const named = section(guarantees, heading).matchAll(/^- `([^`]+)`: "(.+)"$/gm);
  return [...named].map(([, file = '', title = '']) => ({ file, title }));
}

const Listed = z.array(z.object({ name: z.string(), file: z.string() }));

/**
 * The tests of these files as vitest would run them: with the titles that `each` makes, and without what is skipped. Those
 * that are played against a stack are read from their source, where such titles are not made, because loading them starts one.
 */
async function listTests(files: readonly string[]): Promise<NamedTest[]> {
  const ofStack = files.filter((file) => file.startsWith('test/e2e/'));
  const others = files.filter((file) => !ofStack.includes(file));
  const lists = await Promise.all([
    list('--static-parse', '--project', 'e2e', ...ofStack),
    list('--no-static-parse', '--project', 'unit', ...others),
  ]);
  return lists.flat().map(({ name, file }) => ({ file: path.relative(ROOT, file), title: name }));
}

async function list(...words: string[]): Promise<z.infer<typeof Listed>> {
  // Within a test, vitest would take itself for one of its own workers.
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = commandEnvironment();
  const command = ['list', '--json', '--config', 'test/vitest.config.ts', ...words];
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  return Listed.parse(JSON.parse((await promisify(execFile)('vitest', command, options)).stdout));
}

let listed: NamedTest[];
beforeAll(async () => {
  const files = new Set(headings.flatMap(namedTests).map(({ file }) => file));
  listed = await listTests([...files].filter((file) => existsSync(path.join(ROOT, file))));
}, 120_000);

/** What a page says is there, and is not. A title may stand in a group of any name. */
function missing(named: readonly NamedTest[]): NamedTest[] {
  return named.filter(
    ({ file, title }) =>
      !listed.some((test) => test.file === file && ` > ${test.title}`.endsWith(` > ${title}`)),
  );
}

it('there are eight guarantees, as in the README', () => {
  const names = (text: string) => [...text.matchAll(/^\d\. \*\*(.+?)\.\*\*/gm)].map(([, name]) => name);
  const inReadme = names(section(page('README.md'), 'What it guarantees'));
  expect(headings).toEqual(inReadme.map((name, index) => `${index + 1}. ${name}`));
  expect(headings).toHaveLength(8);
});

describe.each(headings)('%s', (heading) => {
  it('names tests that exist, at least two', () => {
    const named = namedTests(heading);
    expect(missing(named)).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(2);
  });

  it('lists nothing that is not read here', () => {
    const bullets = section(guarantees, heading).match(/^- /gm) ?? [];
    expect(namedTests(heading)).toHaveLength(bullets.length);
  });

  it('is enforced in places that exist', () => {
    const [, places = ''] = /^Enforced in ([^]+?)\n\n/m.exec(section(guarantees, heading)) ?? [];
    const files = [...places.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('a named test', () => {
  const file = 'shared/engine-host/load-engine.test.ts';

  it('is found by the title that it runs under, made from a table or not', () => {
    expect(missing([{ file, title: 'refuses bytes with another hash' }])).toEqual([]);
    expect(missing([{ file, title: 'refuses a module that imports a function' }])).toEqual([]);
  });

  it.each([
    { file, title: 'refuses bytes with another hat' },
    { file, title: 'refuses a module that %s' },
    { file, title: 'another hash' },
    { file: 'shared/engine-host/no-such.test.ts', title: 'refuses bytes with another hash' },
    { file: 'test/e2e/crash.test.ts', title: 'refuses bytes with another hash' },
  ])('is missed where there is none: "$title" in $file', (named) => {
    expect(missing([named])).toEqual([named]);
  });
});
