import { RequestError } from './errors.ts';

/** More than anybody needs; what is nested thousands of levels deep can be read, but not written again. */
const MAX_DEPTH = 100;

/**
 * Reads JSON in UTF-8 of at most 100 levels in which no object has a name twice. JSON.parse keeps the last of two equal
 * names, other readers the first (RFC 8259, section 4), so an amount written twice would mean different money to
 * different readers.
 * @throws RequestError INVALID_JSON
 */
export function readJson(json: Uint8Array | string): unknown {
  const { text, value } = parse(json);
  return isPlainlyUnambiguous(text, value) ? value : readByTokens(text);
}

function parse(json: Uint8Array | string): { readonly text: string; readonly value: unknown } {
  try {
    const text = typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    throw new RequestError('INVALID_JSON', 'This is not valid JSON in UTF-8', { cause });
  }
}

/**
 * The quick proof for text as machines write it. Where no quote is followed by white space, every name ends in `":`, so
 * these are at least as many as the names in the text, and those are at least as many as the names that were kept: where
 * the first and the last are equal, none was lost. A string may hold `":` itself; then this proves nothing. Nor does it
 * where anything is written with an escape: V8 13.6 may take a name with one for that of an object it read before.
 */
function isPlainlyUnambiguous(text: string, value: unknown): boolean {
  if (/"\s|\\/.test(text)) return false;
  let ends = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) ends += 1;
  return ends === namesIn(value, 0);
}

/** NaN, which equals nothing, where there are too many levels. */
function namesIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === MAX_DEPTH) return Number.NaN;
  let names = 0;
  if (Array.isArray(value)) {
    for (const item of value) names += namesIn(item, depth + 1);
    return names;
  }
  for (const name of Object.keys(value)) {
    names += 1 + namesIn((value as Record<string, unknown>)[name], depth + 1);
  }
  return names;
}

/** `text` is known to be valid JSON, so that its tokens need no checks but for what is refused here. */
function readByTokens(text: string): unknown {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s"{}[\]:,]+/g);
  const next = () => tokens.next().value?.[0] ?? '';
  return valueFrom(next(), next, 0);
}

function valueFrom(token: string, next: () => string, depth: number): unknown {
  if (token !== '{' && token !== '[') return JSON.parse(token);
  if (depth === MAX_DEPTH) {
    throw new RequestError('INVALID_JSON', `The JSON has more than ${MAX_DEPTH} levels`);
  }
  if (token === '[') {
    const items: unknown[] = [];
    for (let item = next(); item !== ']'; item = next()) items.push(valueFrom(item, next, depth + 1));
    return items;
  }
  const members = new Map<string, unknown>();
  for (let quoted = next(); quoted !== '}'; quoted = next()) {
    const name = JSON.parse(quoted) as string;
    if (members.has(name)) {
      throw new RequestError('INVALID_JSON', 'The JSON has an object with the same name twice');
    }
    members.set(name, valueFrom(next(), next, depth + 1));
  }
  return Object.fromEntries(members);
}
