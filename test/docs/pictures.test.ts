import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fences, page, ROOT, tableUnder } from './pages.ts';

it('the picture of docs/rounds.md has every change of status that its table has, and no other', () => {
  const rounds = page('docs/rounds.md');
  const [picture = ''] = fences(rounds, 'mermaid');
  const shown = [...picture.matchAll(/^ *([A-Z]+) --> ([A-Z]+): /gm)].map(([, from, to]) => `${from} ${to}`);
  const changes = tableUnder(rounds, 'Transitions')
    .filter(([from, , , to]) => from !== to)
    .map(([from, , , to]) => `${from} ${to}`);
  expect(shown.sort()).toEqual([...new Set(changes)].sort());
});

it('the picture of the README names functions that there are', () => {
  const picture = readFileSync(path.join(ROOT, 'docs/architecture.svg'), 'utf8');
  const functions = globSync('functions/**/handler.ts', { cwd: ROOT }).map((file) =>
    path.basename(path.dirname(file)),
  );
  // A long name goes on in the next line of the picture.
  const words = [...picture.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text).join(' ');
  const named = words.replaceAll('- ', '-').match(/[a-z]+(?:-[a-z]+)+/g) ?? [];
  expect(named).toHaveLength(3);
  expect(functions).toEqual(expect.arrayContaining(named));
});
