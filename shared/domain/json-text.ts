import { RequestError } from './errors.ts';

/**
 * Reads JSON in UTF-8 in which no object has a name twice. JSON.parse keeps the last of two equal names, other readers
 * the first (RFC 8259, section 4), so an amount written twice would mean different money to different readers.
 * @throws RequestError INVALID_JSON
 */
export function readJson(bytes: Uint8Array): unknown {
  const { text, value } = parse(bytes);
  if (hasUniqueNames(text)) return value;
  throw new RequestError('INVALID_JSON', 'The JSON has an object with the same name twice');
}

function parse(bytes: Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    throw new RequestError('INVALID_JSON', 'This is not valid JSON in UTF-8', { cause });
  }
}

/** `text` is known to be valid JSON, so every quote that no string holds starts a string. Any depth: nothing recurses. */
function hasUniqueNames(text: string): boolean {
  const open: Set<unknown>[] = [];
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const names = open.at(-1);
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      if (names?.has(name)) return false;
      names?.add(name);
    }
  }
  return true;
}
