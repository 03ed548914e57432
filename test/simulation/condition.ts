import type { Image } from './image.ts';

/** The names and values that an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Image;
}

const TOKEN = /\s*(<>|[=<>(),]|[#:]?\w+)/y;

/**
 * Says whether an item meets a condition. It knows `AND`, `OR`, `IN`, the comparisons `=`, `<` and `>`, and the two functions
 * that ask for an attribute. It throws at everything else, so that the product learns nothing new unnoticed.
 */
export function meets(condition: string, item: Image | undefined, placeholders: Placeholders): boolean {
  const reader = new ConditionReader(tokensOf(condition), item, placeholders);
  return reader.whole();
}

function tokensOf(condition: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < condition.length) {
    const [, token] = TOKEN.exec(condition) ?? [];
    if (token === undefined) throw new Error(`the table in memory does not know the condition ${condition}`);
    tokens.push(token);
  }
  return tokens;
}

/** The name that a placeholder or a plain name of an expression stands for. */
export function attributeOf(name: string, { ExpressionAttributeNames = {} }: Placeholders): string {
  const attribute = name.startsWith('#') ? ExpressionAttributeNames[name] : name;
  if (attribute === undefined) throw new Error(`the table in memory was not told what ${name} is`);
  return attribute;
}

export function valueOf(name: string, { ExpressionAttributeValues = {} }: Placeholders): Image[string] {
  const value = ExpressionAttributeValues[name];
  if (value === undefined) throw new Error(`the table in memory was not told what ${name} is`);
  return value;
}

class ConditionReader {
  readonly #tokens: string[];
  readonly #item: Image | undefined;
  readonly #placeholders: Placeholders;

  constructor(tokens: string[], item: Image | undefined, placeholders: Placeholders) {
    this.#tokens = tokens;
    this.#item = item;
    this.#placeholders = placeholders;
  }

  whole(): boolean {
    const result = this.#any();
    if (this.#tokens.length > 0) throw new Error(`the table in memory stops at ${this.#tokens[0]}`);
    return result;
  }

  #any(): boolean {
    let result = this.#all();
    while (this.#takes('OR')) result = this.#all() || result;
    return result;
  }

  #all(): boolean {
    let result = this.#one();
    while (this.#takes('AND')) result = this.#one() && result;
    return result;
  }

  #one(): boolean {
    if (this.#takes('(')) return this.#closed(this.#any());
    if (this.#takes('attribute_exists')) return this.#argument() !== undefined;
    if (this.#takes('attribute_not_exists')) return this.#argument() === undefined;
    const attribute = this.#attribute();
    const operator = this.#next();
    if (operator === 'IN') return this.#list().some((value) => same(attribute, value));
    const value = this.#value();
    if (operator === '=') return same(attribute, value);
    if (operator === '<') return attribute !== undefined && numberOf(attribute) < numberOf(value);
    if (operator === '>') return attribute !== undefined && numberOf(attribute) > numberOf(value);
    throw new Error(`the table in memory does not know ${operator}`);
  }

  #argument(): Image[string] | undefined {
    this.#expect('(');
    return this.#closed(this.#attribute());
  }

  #list(): Image[string][] {
    this.#expect('(');
    const values = [this.#value()];
    while (this.#takes(',')) values.push(this.#value());
    return this.#closed(values);
  }

  #attribute(): Image[string] | undefined {
    const name = attributeOf(this.#next(), this.#placeholders);
    return this.#item?.[name];
  }

  #value(): Image[string] {
    return valueOf(this.#next(), this.#placeholders);
  }

  #closed<T>(result: T): T {
    this.#expect(')');
    return result;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw new Error(`the table in memory wants ${token} before ${this.#tokens[0]}`);
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new Error('a condition ends too early for the table in memory');
    return token;
  }
}

function same(left: Image[string] | undefined, right: Image[string]): boolean {
  const [type = ''] = Object.keys(right);
  return left?.[type] !== undefined && left[type] === right[type];
}

function numberOf({ N }: Image[string]): bigint {
  if (typeof N !== 'string') throw new Error('the table in memory compares numbers only');
  return BigInt(N);
}
