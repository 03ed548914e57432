export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads one JSON object whose own names are unique. JSON.parse keeps the last of two equal names, other readers the
 * first (RFC 8259, section 4), so an amount written twice would mean different money to different readers.
 * @returns undefined for anything else: other JSON, no JSON, invalid UTF-8
 */
export function readJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return hasUniqueNames(text) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** `text` is known to be valid JSON, so every quote that no string holds starts a string. */
function hasUniqueNames(text: string): boolean {
  const names = new Set<unknown>();
  let depth = 0;
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (colon !== undefined && depth === 1) {
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      if (names.has(name)) return false;
      names.add(name);
    }
  }
  return true;
}
