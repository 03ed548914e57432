import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { page, ROOT, tableUnder } from './pages.ts';

const rows = tableUnder(page('docs/glossary.md'), 'Where to look');

it.each(rows)('docs/glossary.md: "%s" is done in %s, at %s', (_, file = '', names = '') => {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  for (const name of names.split(', ')) {
    expect(name).not.toBe('');
    expect(source, `${file} defines ${name}`).toMatch(new RegExp(`\\b(?:function|class|const) ${name}\\b`));
  }
});

it('docs/glossary.md has its words in alphabetical order, each once', () => {
  const [, words = ''] = page('docs/glossary.md').text.split('## Words');
  const headings = [...words.matchAll(/^### (.+)$/gm)].map(([, word = '']) => word.toLowerCase());
  expect(headings.length).toBeGreaterThanOrEqual(60);
  expect(headings).toEqual([...new Set(headings)].sort((left, right) => left.localeCompare(right, 'en')));
});
