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
  assertUnambiguous(text);
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
