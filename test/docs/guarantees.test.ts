import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listTests, type NamedTest } from './listed-tests.ts';
import { page, ROOT, section } from './pages.ts';

const guarantees = page('docs/guarantees.md');
const headings = [...guarantees.text.matchAll(/^## (\d\. .+)$/gm)].map(([, heading = '']) => heading);

function namedTests(heading: string): NamedTest[] {
  const named = section(guarantees, heading).matchAll(/^- `([^`]+)`: "(.+)"$/gm);
  return [...named].map(([, file = '', title = '']) => ({ file, title }));
}

let listed: NamedTest[];
beforeAll(async () => {
  const files = new Set(headings.flatMap(namedTests).map(({ file }) => file));
  const present = [...files].filter((file) => existsSync(path.join(ROOT, file)));
  const { soak = [], e2e = [], unit = [] } = Object.groupBy(present, projectOf);
  const lists = [
    listTests(soak, 'test/soak/vitest.config.ts', 'static'),
    listTests(e2e, 'test/vitest.config.ts', 'static'),
    listTests(unit, 'test/vitest.config.ts', 'loaded'),
  ];
  listed = (await Promise.all(lists)).flat();
}, 120_000);

function projectOf(file: string): 'soak' | 'e2e' | 'unit' {
  if (file.startsWith('test/soak/')) return 'soak';
  return file.startsWith('test/e2e/') ? 'e2e' : 'unit';
}

/** The tests that a page names and that do not exist. A title may stand in a group of any name. */
function missing(named: readonly NamedTest[]): NamedTest[] {
  return named.filter(
    ({ file, title }) =>
      !listed.some((test) => test.file === file && ` > ${test.title}`.endsWith(` > ${title}`)),
  );
}

it('there are nine guarantees, as in the README', () => {
  const names = (text: string) => [...text.matchAll(/^\d\. \*\*(.+?)\.\*\*/gm)].map(([, name]) => name);
  const inReadme = names(section(page('README.md'), 'What it guarantees'));
  expect(headings).toEqual(inReadme.map((name, index) => `${index + 1}. ${name}`));
  expect(headings).toHaveLength(9);
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
  const file = 'shared/engines/host/load-engine.test.ts';

  it('is found by the title that it runs under, made from a table or not', () => {
    expect(missing([{ file, title: 'The host refuses bytes with another hash' }])).toEqual([]);
    expect(missing([{ file, title: 'The host refuses a module that imports a function' }])).toEqual([]);
  });

  it.each([
    { file, title: 'The host refuses bytes with another hat' },
    { file, title: 'The host refuses a module that %s' },
    { file, title: 'another hash' },
    { file: 'shared/engines/host/no-such.test.ts', title: 'The host refuses bytes with another hash' },
    { file: 'test/soak/crash.test.ts', title: 'The host refuses bytes with another hash' },
  ])('is missed where there is none: "$title" in $file', (named) => {
    expect(missing([named])).toEqual([named]);
  });
});
