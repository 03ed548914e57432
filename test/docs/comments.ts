/** Reads comments and test titles out of source text, to measure how they are written. */
import { type Expression, parseSync, Visitor } from 'oxc-parser';
import { wordsOf } from './sentences.ts';

/** A comment or a title, with the line where it begins. */
export interface Remark {
  readonly line: number;
  readonly text: string;
}

/** A test or a group of tests, with the place of its call in the source. */
interface Titled extends Remark {
  readonly kind: 'describe' | 'it';
  readonly start: number;
  readonly end: number;
}

/** Tools read these comments, and people do not. */
const DIRECTIVE = /^(?:oxlint-|biome-|Stryker |@ts-|@vitest-|@__PURE__|#__PURE__|v8 )/;

/** These words open a subordinate clause. A sentence that begins with one needs a comma before its main clause. */
const SUBORDINATE = /^(?:As|Where|Because|So that|While|When)\b(?!.*,)/;

/** A sentence that begins with one of these is refused, because it is mostly a fragment. */
const FRAGMENT = /^(?:Of|By|What|Whether|How|Why|Which)\b/;

/** A title that begins with one of these cannot be read alone. */
const TORN_TITLE = /^(?:that|whose|which|because|whether|what|by|as|so|and|but)\b/;

/** The comments of a file without directives. Line comments that follow each other are one comment. */
export function commentsIn(file: string, source: string): Remark[] {
  const blocks: { text: string; start: number; end: number; type: string }[] = [];
  for (const { type, value, start, end } of parseSync(file, source).comments) {
    const text = withoutStars(value);
    const before = blocks.at(-1);
    const follows =
      before?.type === 'Line' && type === 'Line' && /^\s*$/.test(source.slice(before.end, start));
    if (before && follows && !DIRECTIVE.test(text) && !DIRECTIVE.test(before.text)) {
      before.text += `\n${text}`;
      before.end = end;
    } else blocks.push({ text, start, end, type });
  }
  return blocks
    .filter(({ text }) => text !== '' && !DIRECTIVE.test(text))
    .map(({ text, start }) => ({ line: lineAt(source, start), text }));
}

/** The doc comments that stand right before what a file exports. */
export function exportedDocsIn(file: string, source: string): Remark[] {
  const { program, comments } = parseSync(file, source);
  const exports = program.body.filter(({ type }) => type.startsWith('Export')).map(({ start }) => start);
  return comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .filter(({ end }) => exports.includes(end + source.slice(end).search(/\S/)))
    .map(({ value, start }) => ({ line: lineAt(source, start), text: withoutStars(value) }));
}

/** The sentences of a comment, without its tags. A piece of code or a quoted text counts as one word. */
export function sentencesIn(comment: string): string[] {
  return comment
    .replace(/(?:^|\s)@[a-z]+\b[^]*$/, '')
    .replaceAll(/`[^`]*`/g, 'code')
    .replaceAll(/"[^"]*"/g, 'title')
    .replaceAll(/\s+/g, ' ')
    .split(/(?<=[.!?][)]?) (?=\S)/)
    .filter((sentence) => wordsOf(sentence) > 0);
}

/** A sentence that begins like a fragment. It is a guess by the first word, and knows no grammar. */
export function looksTorn(sentence: string): boolean {
  return FRAGMENT.test(sentence) || SUBORDINATE.test(sentence);
}

/**
 * The titles of a file's tests. A title that begins with a capital is a sentence of its own. Any other title goes on with
 * the titles of the groups around it, as vitest prints them.
 */
export function titlesIn(file: string, source: string): (Remark & { readonly own: string })[] {
  const { program } = parseSync(file, source);
  const titled: Titled[] = [];
  new Visitor({
    CallExpression(call) {
      const kind = kindOf(call.callee);
      const [title] = call.arguments;
      const text = title && textOf(title as Expression);
      if (kind && text !== undefined)
        titled.push({ kind, text, start: call.start, end: call.end, line: lineAt(source, call.start) });
    },
  }).visit(program);
  const groups = titled.filter(({ kind }) => kind === 'describe');
  return titled
    .filter(({ kind }) => kind === 'it')
    .map(({ text, line, start, end }) => {
      const around = groups.filter((group) => group.start < start && end < group.end);
      const whole = [...around.map((group) => group.text), text].join(' > ');
      return { line, own: text, text: /^[A-Z]/.test(text) ? text : whole };
    });
}

/** A title that goes on with a sentence that its group begins, in a way that nobody can read alone. */
export function isTornTitle(own: string): boolean {
  return TORN_TITLE.test(own);
}

function kindOf(callee: Expression): Titled['kind'] | undefined {
  if (callee.type === 'Identifier') {
    if (callee.name === 'describe') return 'describe';
    return callee.name === 'it' || callee.name === 'test' ? 'it' : undefined;
  }
  if (callee.type === 'MemberExpression') return kindOf(callee.object);
  return callee.type === 'CallExpression' ? kindOf(callee.callee) : undefined;
}

function textOf(title: Expression): string | undefined {
  if (title.type === 'Literal' && typeof title.value === 'string') return title.value;
  if (title.type !== 'TemplateLiteral') return undefined;
  return title.quasis.map(({ value }) => value.cooked).join('…');
}

function withoutStars(comment: string): string {
  return comment.replaceAll(/^[ \t]*\*+ ?/gm, '').trim();
}

function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}
