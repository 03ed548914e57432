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
  if (!isPlainlyUnambiguous(text, value)) assertUnambiguous(text);
  return value;
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
 * the first and the last are equal, none was lost. A string may hold `":` itself; then this proves nothing.
 */
function isPlainlyUnambiguous(text: string, value: unknown): boolean {
  if (/"\s/.test(text)) return false;
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

/** `text` is known to be valid JSON, so every quote that no string holds starts a string. */
function assertUnambiguous(text: string): void {
  const open: Set<unknown>[] = [];
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > MAX_DEPTH) {
        throw new RequestError('INVALID_JSON', `The JSON has more than ${MAX_DEPTH} levels`);
      }
    } else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const names = open.at(-1);
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      if (names?.has(name)) {
        throw new RequestError('INVALID_JSON', 'The JSON has an object with the same name twice');
      }
      names?.add(name);
    }
  }
}
