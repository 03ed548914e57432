import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, type Page, page, pages, prose, ROOT } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

function linksOf(from: Page): string[] {
  return [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function isBroken(from: Page, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? from.file : path.join(path.dirname(from.file), target);
  if (!existsSync(path.join(ROOT, file))) return true;
  return anchor !== undefined && !anchorsOf(page(file)).includes(anchor);
}

/** Code that reads like a path of the project, with a folder in it or a known name at the top. */
function pathsOf(from: Page): string[] {
  const named = [...prose(from).matchAll(/`([\w.-]+(?:\/[\w.*<>-]+)+)`/g)].map(([, name = '']) => name);
  return named.filter((name) => /^(docs|engines|functions|infra|shared|test)\//.test(name));
}

describe.each(pages().map((each) => [each.file, each] as const))('%s', (_, each) => {
  it('links to what is there', () => {
    expect(linksOf(each).filter((link) => !/^https?:/.test(link) && isBroken(each, link))).toEqual([]);
  });

  it('names files and folders of the project that are there', () => {
    const missing = pathsOf(each).filter((name) => !/[*<]/.test(name) && !existsSync(path.join(ROOT, name)));
    // The name of an engine in its bucket looks like a path, and is none.
    expect(missing.filter((name) => !name.endsWith('.wasm'))).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const named = each.text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g);
    const names = [...named].map(([, script, builtIn]) => script ?? builtIn ?? '');
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached)
    for (const link of linksOf(page(file))) {
      const target = path.join(path.dirname(file), link.split('#')[0] || path.basename(file));
      if (target.endsWith('.md') && existsSync(path.join(ROOT, target))) reached.add(target);
    }
  expect(
    pages()
      .map(({ file }) => file)
      // The page of a game is in its folder. New games have one, too.
      .filter((file) => !reached.has(file) && !file.startsWith('engines/')),
  ).toEqual([]);
});
