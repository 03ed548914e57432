import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAssemblyScript, languageFiles } from '../architecture/import-graph.ts';
import { commentsIn, exportedDocsIn, isTornTitle, looksTorn, sentencesIn, titlesIn } from './comments.ts';
import { ROOT } from './pages.ts';
import { MOST_WORDS, wordsOf } from './sentences.ts';

const files = (await languageFiles(ROOT)).filter((file) => !file.endsWith('_pb.ts'));

const sourcesOf = (folders: RegExp) =>
  files
    .filter((file) => folders.test(file))
    .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));

const sentencesOf = (from: ReturnType<typeof sourcesOf>, read: typeof commentsIn) =>
  from.flatMap(({ file, source }) =>
    read(file, source).flatMap(({ line, text }) =>
      sentencesIn(text).map((sentence) => ({ place: `${file}:${line}`, sentence })),
    ),
  );

const sources = sourcesOf(/^(?:shared|functions)\//);
const sentences = sentencesOf(sources, commentsIn);
const exported = sentencesOf(sourcesOf(/^(?:infra|engines|test)\//), exportedDocsIn);

const titles = sources
  .filter(({ file }) => file.endsWith('.test.ts'))
  .flatMap(({ file, source }) =>
    titlesIn(file, source).map((title) => ({ ...title, place: `${file}:${title.line}` })),
  );

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

describe('the comments of shared and functions', () => {
  it('are found', () => {
    expect(sentences.length).toBeGreaterThan(1_000);
  });

  it('have no sentence of more than 25 words', () => {
    expect(sentences.filter(({ sentence }) => wordsOf(sentence) > MOST_WORDS)).toEqual([]);
  });

  it('have no sentence that begins like a fragment', () => {
    expect(sentences.filter(({ sentence }) => looksTorn(sentence))).toEqual([]);
  });
});

describe('the comments on what infra, engines and test export', () => {
  it('are found', () => {
    expect(exported.length).toBeGreaterThan(800);
    expect(exported.filter(({ place }) => isAssemblyScript(place)).length).toBeGreaterThan(100);
  });

  it('have no sentence of more than 25 words', () => {
    expect(exported.filter(({ sentence }) => wordsOf(sentence) > MOST_WORDS)).toEqual([]);
  });

  it('have no sentence that begins like a fragment', () => {
    expect(exported.filter(({ sentence }) => looksTorn(sentence))).toEqual([]);
  });
});

describe('the test titles of shared and functions', () => {
  it('are found', () => {
    expect(titles.length).toBeGreaterThan(500);
  });

  it('have at most 25 words, together with their groups unless they are sentences of their own', () => {
    expect(titles.filter(({ text }) => wordsOf(text) > MOST_WORDS)).toEqual([]);
  });

  it('do not begin with a word that needs another sentence before it', () => {
    expect(titles.filter(({ own }) => isTornTitle(own))).toEqual([]);
  });
});

describe('the measure of comments', () => {
  const read = (source: string) => commentsIn('a.ts', source).map(({ text }) => text);

  it('joins line comments that follow each other, and leaves directives out', () => {
    expect(read('// One.\n// Two.\nf();\n// Three.\n')).toEqual(['One.\nTwo.', 'Three.']);
    expect(read('// biome-ignore format: a table\nf();\n/* @__PURE__ */ g();')).toEqual([]);
  });

  it('reads a block comment without its stars', () => {
    expect(read('/**\n * One\n * sentence.\n */\nf();')).toEqual(['One\nsentence.']);
  });

  it('reads the doc comments of what is exported, and no others', () => {
    const source = '/** One. */\nexport const a = 1;\n/** Two. */\nconst b = 2;\n// Three.\nexport { b };\n';
    expect(exportedDocsIn('a.ts', source)).toEqual([{ line: 1, text: 'One.' }]);
  });

  it('splits sentences, leaves tags out and counts code as one word', () => {
    expect(sentencesIn('One is here. Two (GLI-19 V3.0, 2.8). @throws Error\n@param a b')).toHaveLength(2);
    expect(wordsOf(sentencesIn('A `b c d` e.')[0] ?? '')).toBe(3);
    expect(wordsOf(sentencesIn(`${words(26)}.`)[0] ?? '')).toBe(26);
  });

  it.each([
    'Of each hour the part.',
    'By their names.',
    'What it costs.',
    'As it was before.',
    'Because of it.',
    'How it fails.',
    'Why it fails.',
    'Which of them fail.',
  ])('refuses the fragment "%s"', (sentence) => {
    expect(looksTorn(sentence)).toBe(true);
  });

  it.each([
    'Where it fails, nothing moves.',
    'As it fails, it stops.',
    'So an old one differs.',
    'It is so.',
  ])('accepts the sentence "%s"', (sentence) => {
    expect(looksTorn(sentence)).toBe(false);
  });
});

describe('the measure of titles', () => {
  const read = (source: string) => titlesIn('a.test.ts', source).map(({ text }) => text);

  it('reads a title with the groups around it, from tables too', () => {
    expect(read("describe('a', () => { it('b', f); it.each([1])('c %s', f); });")).toEqual([
      'a > b',
      'a > c %s',
    ]);
    expect(read("describe.each([1])('d %s', () => { it(`e ${1}`, f); }); it('g', f);")).toEqual([
      'd %s > e …',
      'g',
    ]);
  });

  it('reads a title that is a sentence of its own without its group', () => {
    expect(read("describe('a', () => { it('A b holds', f); });")).toEqual(['A b holds']);
  });

  it('refuses a title that goes on with the sentence of its group', () => {
    expect(isTornTitle('that is unknown is repeated')).toBe(true);
    expect(isTornTitle('is repeated where it is unknown')).toBe(false);
  });
});
