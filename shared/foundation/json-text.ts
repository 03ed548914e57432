import { RequestError } from './errors.ts';

/** Nobody needs more levels. JSON that is nested thousands of levels deep can be read, but not written again. */
const MAX_DEPTH = 100;

/**
 * Reads JSON in UTF-8 that has at most 100 levels and no object with the same name twice. JSON.parse keeps the last of
 * two equal names, and other readers keep the first (RFC 8259, section 4). An amount that is written twice would mean
 * different money to different readers.
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
 * This is the quick proof for text that machines write, where no quote is followed by white space. There every name ends
 * in `":`. The count of `":` is therefore never below the count of names in the text, nor that below the count of names
 * that were kept. Where the first and the last count are equal, no name was lost. A string may itself hold `":`; then
 * the counts prove nothing. Text with an escape proves nothing either. V8 13.6 may take a name with an escape for a name
 * of an object that it read before.
 */
function isPlainlyUnambiguous(text: string, value: unknown): boolean {
  if (/"\s|\\/.test(text)) return false;
  let ends = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) ends += 1;
  return ends === namesIn(value, 0);
}

/** The answer is NaN, which equals nothing, where there are too many levels. */
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

/** `text` is known to be valid JSON. Its tokens need no checks, except for the things that are refused here. */
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
