import { isUtf8 } from 'node:buffer';

/** JSON as read here: objects are maps, so that no name means anything. */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

const space = /[ \t\n\r]*/y;
const string = /"((?:[ !#-[\]-\u{10ffff}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"/uy;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const literal = /true|false|null/y;
const literals = { true: true, false: false, null: null } as const;
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const MAX_DEPTH = 100;

type Container = { readonly kind: 'array'; readonly items: Json[] } | OpenObject;
interface OpenObject {
  readonly kind: 'object';
  readonly members: Map<string, Json>;
  name: string | undefined;
}

/**
 * The grammar of RFC 8259, written once more for the tests to compare with. Undefined where the bytes are not UTF-8, not
 * JSON, nest more than 100 levels, or have an object with a name twice. A byte order mark at the start is passed over (section 8.1).
 */
export function readStrictly(bytes: Uint8Array): { readonly value: Json } | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  readonly #open: Container[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): { readonly value: Json } | undefined {
    for (;;) {
      this.#take(space);
      const started = this.#start();
      if (started === 'broken') return undefined;
      if (started === 'opened') continue;
      let value = started.value;
      for (;;) {
        const container = this.#open.at(-1);
        this.#take(space);
        if (container === undefined) return this.#at === this.#text.length ? { value } : undefined;
        if (!add(container, value)) return undefined;
        if (this.#symbol(',')) {
          if (container.kind === 'object' && !this.#name(container)) return undefined;
          break;
        }
        if (!this.#symbol(container.kind === 'object' ? '}' : ']')) return undefined;
        this.#open.pop();
        value = container.kind === 'object' ? container.members : container.items;
      }
    }
  }

  /** A value that is complete, or the start of one that is not. */
  #start(): { readonly value: Json } | 'opened' | 'broken' {
    if (this.#symbol('[')) {
      this.#take(space);
      if (this.#open.length >= MAX_DEPTH) return 'broken';
      if (this.#symbol(']')) return { value: [] };
      this.#open.push({ kind: 'array', items: [] });
      return 'opened';
    }
    if (this.#symbol('{')) {
      this.#take(space);
      if (this.#open.length >= MAX_DEPTH) return 'broken';
      if (this.#symbol('}')) return { value: new Map() };
      const object: OpenObject = { kind: 'object', members: new Map(), name: undefined };
      this.#open.push(object);
      return this.#name(object) ? 'opened' : 'broken';
    }
    const word = this.#take(literal)?.[0];
    if (word !== undefined) return { value: literals[word as keyof typeof literals] };
    const quoted = this.#take(string)?.[1];
    if (quoted !== undefined) return { value: unescape(quoted) };
    const digits = this.#take(number)?.[0];
    return digits === undefined ? 'broken' : { value: Number(digits) };
  }

  #name(object: OpenObject): boolean {
    this.#take(space);
    const quoted = this.#take(string)?.[1];
    if (quoted === undefined) return false;
    object.name = unescape(quoted);
    this.#take(space);
    return this.#symbol(':') && !object.members.has(object.name);
  }

  #symbol(symbol: string): boolean {
    if (this.#text[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match ?? undefined;
  }
}

function add(container: Container, value: Json): boolean {
  if (container.kind === 'array') {
    container.items.push(value);
    return true;
  }
  if (container.name === undefined) return false;
  container.members.set(container.name, value);
  return true;
}

function unescape(quoted: string): string {
  return quoted.replaceAll(/\\(?:u(....)|(.))/gs, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Gives the same JSON in JavaScript's own types, with every name an own property. */
export function plain(json: Json): unknown {
  if (json instanceof Map) {
    return Object.fromEntries([...json].map(([name, value]) => [name, plain(value as Json)]));
  }
  return Array.isArray(json) ? json.map((item) => plain(item as Json)) : json;
}
