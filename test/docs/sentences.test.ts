import { describe, expect, it } from 'vitest';
import { page, pages } from './pages.ts';
import { MOST_WORDS, sentencesOf, wordsOf } from './sentences.ts';

/** A page comes on this list when its prose has been rewritten in short sentences, and stays on it. */
const MEASURED = [
  'README.md',
  'docs/api.md',
  'docs/certification.md',
  'docs/development.md',
  'docs/engines.md',
  'docs/glossary.md',
  'docs/grpc.md',
  'docs/guarantees.md',
  'docs/operations.md',
  'docs/rounds.md',
  'docs/wallet-api.md',
  ...pages()
    .map(({ file }) => file)
    .filter((file) => /^(?:docs\/adr|engines)\//.test(file)),
];

const tooLong = (text: string, file = 'a page') =>
  sentencesOf({ file, text }).filter((sentence) => wordsOf(sentence) > MOST_WORDS);

describe('a measured page', () => {
  it.each(MEASURED)('%s has no sentence of more than 25 words', (file) => {
    expect(tooLong(page(file).text, file)).toEqual([]);
  });

  it('is one of the pages that there are', () => {
    const files = pages().map(({ file }) => file);
    expect(MEASURED.filter((file) => !files.includes(file))).toEqual([]);
  });
});

describe('the measure', () => {
  const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

  it('accepts 25 words and refuses 26', () => {
    expect(tooLong(`${words(25)}.`)).toEqual([]);
    expect(tooLong(`${words(26)}.`)).toHaveLength(1);
  });

  it('ends a sentence at a full stop, also a bold one, and not at a semicolon or a line break', () => {
    expect(tooLong(`**${words(20)}.** ${words(20)}.`)).toEqual([]);
    expect(tooLong(`${words(20)}; ${words(20)}.`)).toHaveLength(1);
    expect(tooLong(`${words(20)}\n${words(20)}.`)).toHaveLength(1);
  });

  it('reads each item of a list by itself', () => {
    expect(tooLong(`- ${words(20)}\n- ${words(20)}\n1. ${words(20)}`)).toEqual([]);
    expect(tooLong(`- ${words(20)}\n  ${words(20)}`)).toHaveLength(1);
  });

  it('counts the text of a link, and a piece of code as one word', () => {
    expect(tooLong(`${words(24)} [${words(2)}](page.md).`)).toHaveLength(1);
    expect(tooLong(`${words(24)} \`npm run a -- b c d\`.`)).toEqual([]);
  });

  it('leaves out headings, tables and code blocks', () => {
    const long = words(30);
    expect(tooLong(`# ${long}\n\n| ${long} |\n| --- |\n\n\`\`\`sh\n${long}\n\`\`\`\n`)).toEqual([]);
  });
});
