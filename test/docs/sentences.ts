/** Reads the sentences of a page, to measure how long they are. */
import { type Page, prose } from './pages.ts';

/** The most words that a reader takes in at once. */
export const MOST_WORDS = 25;

/**
 * The sentences of a page without its headings, tables and code blocks. A piece of code, a link and a quoted title each
 * count as one word. An item of a list is read by itself. A colon or a semicolon does not end a sentence.
 */
export function sentencesOf(page: Page): string[] {
  return blocksOf(page)
    .map(withOneWordEach)
    .flatMap((block) => block.split(/(?<=[.!?][*_)]*)\s+/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence) > 0);
}

export function wordsOf(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Paragraphs and items, each on one line. An item begins with a dash or a number. */
function blocksOf(page: Page): string[] {
  const lines = prose(page)
    .split('\n')
    .map((line) => (/^ *\||^#/.test(line) ? '' : line));
  return lines
    .join('\n')
    .replaceAll(/^ *(?:-|\d+\.) /gm, '\n')
    .split(/\n\s*\n/)
    .map((block) => block.replaceAll(/\s+/g, ' ').trim());
}

function withOneWordEach(block: string): string {
  return block
    .replaceAll(/`[^`]*`/g, 'code')
    .replaceAll(/"[^"]*"/g, 'title')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
}
