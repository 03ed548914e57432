/** Reads the pages of the documentation: their headings, links, tables and commands. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Page {
  /** The path relative to the project, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

/** README.md and the other pages at the top first, then everything under docs, then what games say of themselves. */
export function pages(): Page[] {
  const files = ['*.md', 'docs/**/*.md', 'engines/*/README.md'].flatMap((pattern) =>
    globSync(pattern, { cwd: ROOT }).sort(),
  );
  return [...new Set(['README.md', ...files])].map(page);
}

export function page(file: string): Page {
  return { file, text: readFileSync(path.join(ROOT, file), 'utf8') };
}

/** Fenced blocks of one language, without the indentation that a list gives them. */
export function fences({ text }: Page, language: string): string[] {
  const blocks = text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm);
  return [...blocks]
    .filter(([, , found]) => found === language)
    .map(([, indentation = '', , content = '']) =>
      content.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
    );
}

/** The shell commands of a page in order, each with the lines that it continues on. */
export function commandsOf(from: Page): string[] {
  return fences(from, 'sh').flatMap((block) =>
    block
      .split(/(?<![\\|]|&&)\n/)
      .map((command) => command.trim())
      .filter(Boolean),
  );
}

/** The text without fenced blocks. */
export function prose({ text }: Page): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

/** The text below a heading, up to the next heading of the same or a higher level. */
export function section({ file, text }: Page, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${file} has no heading "${heading}"`);
  const level = lines[start]?.indexOf(' ') ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** The rows of the first table under a heading, each as its cells without code marks. */
export function tableUnder(from: Page, heading: string): string[][] {
  const lines = section(from, heading).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rest = lines.slice(Math.max(first, 0));
  const length = rest.findIndex((line) => !line.startsWith('|'));
  const rows = first < 0 ? [] : rest.slice(2, length < 0 ? undefined : length);
  if (rows.length === 0) throw new Error(`${from.file} has no table under "${heading}"`);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf(from: Page): string[] {
  const headings = prose(from).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
