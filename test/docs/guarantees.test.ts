import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { page, ROOT, section } from './pages.ts';

const guarantees = section(page('docs/rounds.md'), 'The guarantees');
const headings = [...guarantees.matchAll(/^### (\d\. .+)$/gm)].map(([, heading = '']) => heading);

interface NamedTest {
  readonly file: string;
  readonly title: string;
}

function namedTests(heading: string): NamedTest[] {
  const named = section(page('docs/rounds.md'), heading).matchAll(/^- `([^`]+)`: "(.+)"$/gm);
  return [...named].map(([, file = '', title = '']) => ({ file, title }));
}

/** Whether the file has a test of this title, in whichever quotes it is written. */
function hasTest({ file, title }: NamedTest): boolean {
  if (!existsSync(path.join(ROOT, file))) return false;
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const quoted = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`\b(it|test)\b[^'"\`]*['"\`]${quoted}['"\`]`).test(source);
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
    expect(named.filter((test) => !hasTest(test))).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(2);
  });

  it('lists nothing that is not read here', () => {
    const bullets = section(page('docs/rounds.md'), heading).match(/^- /gm) ?? [];
    expect(namedTests(heading)).toHaveLength(bullets.length);
  });
});
